import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

// Each file has a temporary directory of its own: what a server of another file keeps, sweeps or leaves there is not seen here.
const own = mkdtempSync(path.join(tmpdir(), 'exchange-file-'));
// PostgreSQL may run as the user nobody, who must get through.
chmodSync(own, 0o711);
process.env['TMPDIR'] = own;

afterAll(() => rmSync(own, { recursive: true, force: true, maxRetries: 5 }));
