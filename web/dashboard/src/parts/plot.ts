import uPlot from 'uplot';
import type { Series } from '../lib/series.ts';

export interface Look {
  /** A point's name on the axis. */
  name: (index: number) => string;
  /** Whether there is nothing between 1 and 2. */
  isWhole: boolean;
  /** A value on the axis. */
  value: (value: number) => string;
  /** Called with the point under the pointer, or null. */
  onpoint: (index: number | null, left: number) => void;
}

const TICK_SPACE = 72;
const AXIS_WIDTH = 52;
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** A custom property as a colour that a canvas understands. */
function colour(element: HTMLElement, name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** The colour, fading towards the axis: what lies behind stays visible. */
function faded(colour: string): uPlot.Series.Fill {
  return (plot) => {
    const { top, height } = plot.bbox;
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.26)'));
    gradient.addColorStop(1, colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.02)'));
    return gradient;
  };
}

/** Every k-th point, so that the names beside each other do not touch. */
function spread(count: number, width: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / TICK_SPACE))));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

/** Points by position, not by time: days of 23 hours and months are as wide as others, and two periods lie on top of each other. */
export function dataOf({ values, before, unfinished }: Series): uPlot.AlignedData {
  const x = values.map((_, i) => i);
  const begun = values.findLastIndex((value) => value !== null) + 1;
  const over = unfinished ? values.map((value, i) => (i < begun - 1 ? value : null)) : values;
  const open = unfinished ? values.map((value, i) => (i >= begun - 2 ? value : null)) : values.map(() => null);
  return [x, before.length ? x.map((i) => before[i] ?? null) : x.map(() => null), over, open];
}

/** A chart in `element`, as wide as that. */
export function draw(element: HTMLElement, series: Series, look: Look, height: number): uPlot {
  const accent = colour(element, 'accent');
  const [before, line, muted] = [colour(element, 'before'), colour(element, 'line'), colour(element, 'muted')];
  const fill = faded(accent);
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const few = series.times.length < 2;
  const points = { show: few, size: 8, fill: accent };
  const axis = { stroke: muted, font, ticks: { show: false } };
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [12, 24, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 9, fill: accent, stroke: accent } },
      scales: { x: { time: false, range: (_u, from, to) => (few ? [-1, 1] : [from, to]) }, y: { range: (_u, _from, to) => [0, to > 0 ? to * 1.08 : 1] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          splits: (plot) => spread(series.times.length, plot.width - AXIS_WIDTH),
          values: (_, splits) => splits.map(look.name),
        },
        {
          ...axis,
          grid: { stroke: line, width: 1 },
          size: AXIS_WIDTH,
          space: 44,
          ...(look.isWhole && { incrs: WHOLE_STEPS }),
          values: (_, splits) => splits.map(look.value),
        },
      ],
      series: [
        {},
        { stroke: before, width: 1.5, dash: [2, 4], points: { show: few } },
        { stroke: accent, width: 2.25, fill, points },
        { stroke: accent, width: 2.25, fill, dash: [5, 5], points },
      ],
      hooks: { setCursor: [(plot) => look.onpoint(plot.cursor.idx ?? null, plot.cursor.left ?? 0)] },
    },
    dataOf(series),
    element,
  );
}
