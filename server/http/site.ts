import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';
import { refuse } from './answer.ts';
import { sendRefusal } from './mount.ts';

const year = '365d';

/** The built site: hashed assets for ever, the page itself never; an unknown address that wants a page gets the page. */
export function site(directory: string): Router {
  const router = Router();
  const page = join(directory, 'index.html');
  router.use('/assets', express.static(join(directory, 'assets'), { immutable: true, maxAge: year, index: false }));
  // A page of an older version asks for what is gone: it must not be given the page in a script's place.
  router.use('/assets', (_request, response) => sendRefusal(response, refuse(404, 'notFound', 'There is no such asset (any more).')));
  router.use(express.static(directory, { index: false, maxAge: 0 }));
  router.use((request, response) => {
    const wantsPage = request.method === 'GET' && request.accepts(['json', 'html']) === 'html';
    if (!wantsPage || !existsSync(page)) return sendRefusal(response, refuse(404, 'notFound', 'There is nothing at this address.'));
    response.set('Cache-Control', 'no-cache').sendFile(page, { dotfiles: 'allow' });
  });
  return router;
}
