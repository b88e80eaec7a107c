import { common } from './common.ts';
import { live } from './live.ts';
import { reports } from './reports.ts';
import { units, values } from './values.ts';

export const ko = { common, live, reports, units, values };
