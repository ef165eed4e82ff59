import type { Knex } from 'knex';
import * as spine from './0001_spine.ts';
import * as signIn from './0002_sign_in.ts';
import * as managers from './0003_managers.ts';
import * as resultFilters from './0004_result_filters.ts';
import * as quickClaims from './0005_quick_claims.ts';
import * as accounts from './0006_accounts.ts';
import * as destinations from './0007_destinations.ts';
import * as recordings from './0008_recordings.ts';
import * as switches from './0009_switches.ts';
import * as faults from './0010_faults.ts';
import * as servers from './0011_servers.ts';
import * as operatorLines from './0015_operator_lines.ts';
import * as quickImports from './0016_quick_imports.ts';
import * as quickDials from './0017_quick_dials.ts';
import * as lostSwitches from './0018_lost_switches.ts';
import * as alarmLetters from './0019_alarm_letters.ts';
import * as quickCalls from './0021_quick_calls.ts';
import * as barredMeanwhile from './0022_barred_meanwhile.ts';

/** Numbered, in order; a name never changes once it has landed. */
export const migrations: readonly (readonly [name: string, migration: Knex.Migration])[] = [
  ['0001_spine', spine],
  ['0002_sign_in', signIn],
  ['0003_managers', managers],
  ['0004_result_filters', resultFilters],
  ['0005_quick_claims', quickClaims],
  ['0006_accounts', accounts],
  ['0007_destinations', destinations],
  ['0008_recordings', recordings],
  ['0009_switches', switches],
  ['0010_faults', faults],
  ['0011_servers', servers],
  ['0015_operator_lines', operatorLines],
  ['0016_quick_imports', quickImports],
  ['0017_quick_dials', quickDials],
  ['0018_lost_switches', lostSwitches],
  ['0019_alarm_letters', alarmLetters],
  ['0021_quick_calls', quickCalls],
  ['0022_barred_meanwhile', barredMeanwhile],
];
