import { z } from 'zod';
import type { Route } from './route.ts';

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'stable' },
    detail: { type: 'string' },
    fields: { type: 'array', items: { type: 'object', required: ['field', 'message'], properties: { field: { type: 'string' }, message: { type: 'string' } } } },
  },
};
const refused = { description: 'refused: see `code`', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };

/** OpenAPI 3.1, made from the same table that the router and the role check are made from. */
export function describe(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Exchange', version: '1', description: 'A telephone exchange for operators who work from home. Shapes of the answers: domain/api.ts.' },
    servers: [{ url: '/api/v1' }],
    components: {
      schemas: { Problem: problem },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'exchange', description: 'set by POST /sessions (`__Host-exchange` over https)' } },
    },
    paths,
  };
}

function operation(route: Route): object {
  const content = route.upload
    ? { 'multipart/form-data': { schema: { type: 'object', required: [route.upload], properties: { [route.upload]: { type: 'string', format: 'binary' }, ...fieldsOf(route.uploadFields) } } } }
    : route.body && { 'application/json': { schema: inputSchema(route.body) } };
  const answers = Object.entries(route.answers).map(([status, description]) => [status, { description, ...(status === '204' ? {} : { content: { 'application/json': {} } }) }]);
  return {
    summary: route.summary,
    operationId: operationId(route),
    tags: [route.path.split('/')[1]],
    'x-roles': route.roles,
    ...(route.roles === 'anyone' ? { security: [] } : { security: [{ session: [] }] }),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(content ? { requestBody: { required: true, content } } : {}),
    responses: { ...Object.fromEntries(answers), '4XX': refused },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.split('/').filter(Boolean).map((word) => word.replace(/\W/g, ''));
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

const inputSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

const fieldsOf = (schema: z.ZodType | undefined): object => (schema ? ((inputSchema(schema) as { properties?: object }).properties ?? {}) : {});

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = inputSchema(schema) as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, shape]) => ({ name, in: place, required: place === 'path' || required.includes(name), schema: shape }));
}
