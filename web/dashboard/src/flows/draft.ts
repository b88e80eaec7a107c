import type { FilterNode, FunnelStep, SavedFunnel } from '../lib/types.ts';
import { isComplete, KINDS, stepOf, type Action, type Kind } from './action.ts';
import { asAction } from './describe.ts';

export const FEWEST_STEPS = 2;
export const MOST_STEPS = 10;
export const MOST_DAYS = 90;

/** A step as it is built. An empty name: it is called after what is done. */
export interface DraftStep extends Action {
  name: string;
}

/** A funnel as it is built. The address keeps it, so that a link shows the same and going back undoes nothing twice. */
export interface Draft {
  name: string;
  days: number;
  steps: DraftStep[];
}

type Packed = [name: string, days: number, ...steps: [kind: Kind, value: string, name: string, ...more: FilterNode[]][]];

export const NEW_STEP: DraftStep = { kind: 'page', value: '', more: [], name: '' };
export const NEW_DRAFT: Draft = { name: '', days: 0, steps: [NEW_STEP, NEW_STEP] };

export const draftOf = ({ name, days, steps }: SavedFunnel): Draft => ({
  name,
  days,
  steps: steps.map((step) => ({ ...asAction(step), name: step.name ?? '' })),
});

export function draftText({ name, days, steps }: Draft): string {
  const packed: Packed = [name, days, ...steps.map(({ kind, value, name, more }) => [kind, value, name, ...more] as Packed[2])];
  return JSON.stringify(packed);
}

/** What `draftText` wrote; undefined for anything else, such as a link that was cut. */
export function readDraft(text: string): Draft | undefined {
  try {
    const [name, days, ...steps] = JSON.parse(text) as Packed;
    const read = steps.slice(0, MOST_STEPS).map(([kind, value, name, ...more]) => ({ kind, value: String(value), name: String(name), more }));
    const kinds: string[] = [...KINDS, 'goal'];
    if (!read.every(({ kind, more }) => kinds.includes(kind) && more.every((each) => each && typeof each === 'object'))) return undefined;
    return { name: String(name), days: daysFrom(days), steps: read };
  } catch {
    return undefined;
  }
}

/** Whole days that the API takes. */
export const daysFrom = (value: unknown): number => Math.min(MOST_DAYS, Math.max(0, Math.round(Number(value)) || 0));

export const canBeAsked = ({ steps }: Draft): boolean => steps.length >= FEWEST_STEPS && steps.every(isComplete);

/** The steps as the API has them. */
export const stepsOf = ({ steps }: Draft): FunnelStep[] =>
  steps.map((step) => ({ ...(step.name && { name: step.name }), ...stepOf(step) }));

/** The steps with one moved to another place. */
export function moved(steps: DraftStep[], from: number, to: number): DraftStep[] {
  const step = steps[from];
  if (!step || to < 0 || to >= steps.length) return steps;
  return steps.toSpliced(from, 1).toSpliced(to, 0, step);
}
