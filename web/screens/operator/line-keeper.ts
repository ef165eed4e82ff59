import type { PhoneState } from '../../softphone/state.ts';
import { CallAgain } from './call-again.ts';
import { isPageOpen } from './presence.ts';
import { isAnothers, isForsaken, type OperatorPage } from './state.ts';

/** What keeping the line needs of the page. */
export interface Line {
  page(): OperatorPage;
  reread(): Promise<void>;
  callIn(): void;
  /** The leg is gone though nobody told the softphone. */
  dropped(): void;
}

const wantedKey = 'onLine';
const pageKey = 'pageId';
const reloadedKey = 'reloadedAt';
/** One that is barred all the same is not helped by loading again. */
const reloadEveryMs = 60_000;
/** The page's record and the exchange's may differ this long: a leg is answered here before it is parked there. */
const forsakenAfterMs = 3_000;
/** A line that the exchange closes again and again is left to the operator. */
const comeBackEveryMs = 30_000;

/**
 * Brings the line back without being asked: after a reload, when the exchange closed it, when the network is there again.
 * Never against another window: one page at a time is the phone, and it stays the phone until a person moves it.
 */
export class LineKeeper {
  private readonly line: Line;
  /** The page that this one was before a reload. */
  private readonly formerPageId: string | null;
  private forsakenSinceMs: number | null = null;
  private cameBackMs = -Infinity;
  private readonly again = new CallAgain();

  constructor(line: Line, pageId: string) {
    this.line = line;
    this.formerPageId = readSession(pageKey);
    writeSession(pageKey, pageId);
  }

  setWanted(wanted: boolean): void { writeSession(wantedKey, wanted ? '1' : null); }

  async loaded(): Promise<void> {
    await this.line.reread();
    if (!isWanted()) return;
    const holder = this.line.page().cockpit?.line;
    const isHeld = holder?.legUp === true && holder.pageId !== null;
    // What is held by the page that this one was, is ours; a copied tab is told apart by the answer of the other one.
    if (isHeld && (holder.pageId !== this.formerPageId || (await isPageOpen(holder.pageId)))) return this.setWanted(false);
    this.line.callIn();
  }

  serverBack(): void {
    if (this.isCutOff()) this.line.callIn();
  }

  /** The line is wanted, and what lies between here and the switch is what failed. */
  private isCutOff(): boolean {
    const { phone } = this.line.page();
    return isWanted() && phone.name === 'down' && (phone.reason === 'unreachable' || phone.reason === 'mediaLost') && !isAnothers(this.line.page());
  }

  /** Called when the cockpit has been read again. */
  phoneDown(phone: PhoneState): void {
    if (phone.name !== 'down' || phone.reason !== 'closed') return;
    if (isAnothers(this.line.page())) return this.setWanted(false);
    if (!isWanted() || performance.now() - this.cameBackMs < comeBackEveryMs) return;
    this.cameBackMs = performance.now();
    this.line.callIn();
  }

  tick(): void {
    const isUp = this.line.page().phone.name === 'up';
    if (this.again.isDue(performance.now(), isUp ? 'up' : this.isCutOff() ? 'cutOff' : 'other')) this.line.callIn();
    if (!isForsaken(this.line.page())) {
      this.forsakenSinceMs = null;
      return;
    }
    this.forsakenSinceMs ??= performance.now();
    if (performance.now() - this.forsakenSinceMs < forsakenAfterMs) return;
    this.forsakenSinceMs = null;
    this.line.dropped();
  }
}

/**
 * A switch that has joined the house since this page was loaded is none that its content security policy knows. Loaded anew
 * the page may reach it, and is on line again by itself; what was typed is kept.
 */
export function reloadWhenBarred(): void {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    if (effectiveDirective !== 'connect-src' || !blockedURI.startsWith('ws') || !isWanted() || Date.now() - Number(readSession(reloadedKey)) < reloadEveryMs) return;
    writeSession(reloadedKey, String(Date.now()));
    location.reload();
  });
}

const isWanted = (): boolean => readSession(wantedKey) === '1';

function readSession(key: string): string | null {
  try { return sessionStorage.getItem(key); } catch { return null; }
}
function writeSession(key: string, value: string | null): void {
  try { if (value === null) sessionStorage.removeItem(key); else sessionStorage.setItem(key, value); } catch { /* A reload will not go on line by itself, nothing else. */ }
}
