import { common } from './common.ts';
import { manage } from './manage.ts';
import { reports } from './reports.ts';
import { units, values } from './values.ts';

export const en = { common, manage, reports, units, values };
