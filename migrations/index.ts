import type { Knex } from 'knex';
import * as spine from './0001_spine.ts';

/** Numbered, in order; a name never changes once it has landed. */
export const migrations: readonly (readonly [name: string, migration: Knex.Migration])[] = [['0001_spine', spine]];
