import { common } from './common.ts';
import { reports } from './reports.ts';
import { units, values } from './values.ts';

export const en = { common, reports, units, values };
