import type { Request } from 'express';
import type { z } from 'zod';
import type { Role } from '../../domain/api.ts';
import type { SignedIn } from '../../platform/postgres/user-sessions.ts';
import type { House } from '../house.ts';
import type { Answer } from './answer.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** `anyone` needs no session; a list names the roles that may. */
export type Roles = 'anyone' | readonly Role[];
export const everyRole = ['customer', 'operator', 'manager', 'moderator', 'admin'] as const satisfies readonly Role[];

export interface RouteInput<Params, Query, Body, R extends Roles> {
  readonly house: House;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Who asks; undefined on a route for anyone. */
  readonly user: R extends 'anyone' ? undefined : SignedIn;
  readonly request: Request;
}

export interface RouteDeclaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends Roles> {
  readonly method: Method;
  /** Below `/api/v1`, parameters in braces: `/campaigns/{id}`. */
  readonly path: string;
  readonly roles: R;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The body is a file upload; the handler reads the request itself. */
  readonly upload?: string;
  /** What the form may hold beside the file. */
  readonly uploadFields?: z.ZodType;
  /** Status → what it means. Every route may also answer a Problem. */
  readonly answers: Readonly<Record<number, string>>;
  readonly handle: (input: RouteInput<z.output<P>, z.output<Q>, z.output<B>, R>) => Promise<Answer>;
}

/** A declared route without its types: what the router, the role check and OpenAPI are made from. */
export interface Route extends Omit<RouteDeclaration<z.ZodType, z.ZodType, z.ZodType, Roles>, 'handle'> {
  readonly handle: (input: RouteInput<unknown, unknown, unknown, Roles>) => Promise<Answer>;
}

/** Declares a route once; its input is checked by its schemas before `handle` sees it. */
export function route<P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined, const R extends Roles = 'anyone'>(
  declaration: RouteDeclaration<P, Q, B, R>,
): Route {
  return declaration as unknown as Route;
}
