import { common } from './common.ts';
import { flows } from './flows.ts';
import { manage } from './manage.ts';
import { reports } from './reports.ts';
import { units, values } from './values.ts';

export const en = { common, flows, manage, reports, units, values };
