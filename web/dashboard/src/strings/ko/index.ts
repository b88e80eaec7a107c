import { common } from './common.ts';
import { flows } from './flows.ts';
import { live } from './live.ts';
import { manage } from './manage.ts';
import { reports } from './reports.ts';
import { units, values } from './values.ts';

export const ko = { common, flows, live, manage, reports, units, values };
