/**
 * The one place where dial strings are built, and only from typed parts by strict grammars: in FreeSWITCH a comma dials a
 * second endpoint and `${system(…)}` runs a command. What does not fit is refused, never escaped.
 */
import { judgeDestination } from '../../domain/destination.ts';
import type { Destination, LegId } from '../../domain/leg.ts';

/** What the switch can reach. */
export interface DialRoutes {
  /** Gateway of freeswitch-conf/trunks; without it phones lead to the robots. */
  readonly gateway?: string;
  /** Hosts that a SIP address may name, lower case, with `:port` where it is not the default. */
  readonly sipHosts: readonly string[];
}

export interface DialOrder {
  readonly leg: LegId;
  readonly destination: Destination;
  readonly ringTimeoutMs: number;
  /** The leg is hung up this long after its answer. */
  readonly limitMs?: number;
  /** E.164. */
  readonly callerId?: string;
  /** A standing leg parks longer. */
  readonly parkTimeoutMs?: number;
  /** `bridge` is an argument of the operator leg's bridge; `originate` one of bgapi originate. */
  readonly use: 'bridge' | 'originate';
}

/** The host part that leads to the robots: `<digits>@robots` is a practice line. */
export const ROBOTS_HOST = 'robots';
/** No leg is allowed more than a day. */
const LONGEST_LIMIT_MS = 86_400_000;
/** Seconds that a contact's or manager's leg stays parked before it hangs up by itself. */
const PARK_TIMEOUT_S = 30;

/**
 * A leg outlives its bridge by running `park` anew, which always tells CHANNEL_PARK. park_after_bridge=true does not serve:
 * a leg that bridged while in CS_PARK is put into CS_PARK again, runs nothing any more and ignores every later order.
 */
export const AFTER_BRIDGE = ['park_after_bridge=false', 'transfer_after_bridge=park:inline'] as const;
/** The same after a bridge that was never answered (183), for the operator's leg. */
export const AFTER_EARLY_BRIDGE = 'transfer_after_early_bridge=park:inline';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** ITU-T E.164: a plus and at most 15 digits, no country code begins with 0. */
const E164 = /^\+[1-9]\d{3,14}$/;
const GATEWAY = /^[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?$/;
const SIP_USER = /^\+?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
const SIP_HOST = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::\d{1,5})?$/;
/** Digits only; sent as DTMF. */
const EXTENSION = /^\d{1,8}$/;
/** An operator's SIP phone, as the server names it. */
const DEVICE = /^dev-\d{1,19}-[0-9a-f]{16}$/;
const ROBOT_NUMBER = /^\+?\d{1,15}$/;

export const isLegId = (text: string): boolean => UUID.test(text);
export const isGateway = (text: string): boolean => GATEWAY.test(text);
export const isSipHost = (text: string): boolean => text.length <= 253 && SIP_HOST.test(text);

/** FreeSWITCH counts whole seconds and may end one early: never less than what was asked. */
const ringSeconds = (ringTimeoutMs: number): number => Math.min(600, Math.max(1, Math.ceil(ringTimeoutMs / 1000))) + 1;

function endpoint(destination: Destination, routes: DialRoutes): string | undefined {
  switch (destination.kind) {
    case 'phone': {
      if (!E164.test(destination.e164)) return undefined;
      // The dialplan is named: else the far half inherits the caller's, which is `inline` after a park by transfer.
      if (routes.gateway === undefined) return `loopback/${destination.e164}/robots/XML`;
      // Whatever was authorised: emergency, premium-rate and satellite numbers never reach a trunk.
      if (judgeDestination(destination.e164, []) !== undefined) return undefined;
      // Providers take international digits without the plus.
      return isGateway(routes.gateway) ? `sofia/gateway/${routes.gateway}/${destination.e164.slice(1)}` : undefined;
    }
    case 'sip': {
      const host = destination.host.toLowerCase();
      if (host === ROBOTS_HOST) return ROBOT_NUMBER.test(destination.user) ? `loopback/${destination.user}/robots/XML` : undefined;
      if (!SIP_USER.test(destination.user) || !isSipHost(host) || !routes.sipHosts.includes(host)) return undefined;
      return `sofia/trunks/${destination.user}@${host}`;
    }
    case 'device': return DEVICE.test(destination.user) ? `sofia/devices/${destination.user}%exchange` : undefined;
    default: {
      const never: never = destination;
      return never;
    }
  }
}

/** The whole dial string with its channel variables, or `undefined` when any part of the order is not plainly valid. */
export function dialString(order: DialOrder, routes: DialRoutes): string | undefined {
  const to = endpoint(order.destination, routes);
  if (to === undefined || !isLegId(order.leg) || !Number.isFinite(order.ringTimeoutMs)) return undefined;
  if (order.callerId !== undefined && !E164.test(order.callerId)) return undefined;
  const extension = order.destination.kind === 'phone' ? order.destination.extension : undefined;
  if (extension !== undefined && !EXTENSION.test(extension)) return undefined;
  if (order.parkTimeoutMs !== undefined && !(order.parkTimeoutMs > 0 && order.parkTimeoutMs <= LONGEST_LIMIT_MS)) return undefined;
  if (order.limitMs !== undefined && !(order.limitMs > 0 && order.limitMs <= LONGEST_LIMIT_MS)) return undefined;
  const seconds = ringSeconds(order.ringTimeoutMs);
  const leg = [
    `origination_uuid=${order.leg}`,
    // Bound to the uuid: a loopback's far half inherits the variable, but not the uuid.
    `exchange_leg=${order.leg}`,
    'loopback_bowout=false',
    ...AFTER_BRIDGE,
    'hangup_after_bridge=false',
    `park_timeout=${order.parkTimeoutMs === undefined ? PARK_TIMEOUT_S : Math.ceil(order.parkTimeoutMs / 1000)}`,
    // One colon: carried out by the thread that takes the answer. Two would leave it to a leg that is in a bridge by then.
    ...(order.limitMs === undefined ? [] : [`execute_on_answer_limit=sched_hangup:+${Math.ceil(order.limitMs / 1000)}`]),
    // Two seconds (W is one) for the private exchange's greeting to begin, then the digits as DTMF (RFC 4733), 150 ms each.
    ...(extension === undefined ? [] : [`execute_on_answer=send_dtmf::WW${extension}@150`]),
    ...(order.callerId === undefined ? [] : [`origination_caller_id_number=${order.callerId}`, `origination_caller_id_name=${order.callerId}`]),
  ];
  // originate_timeout covers a bare 180 and has no effect in []; bridge_answer_timeout covers what follows a 183.
  if (order.use === 'bridge') return `{originate_timeout=${seconds}}[${[...leg, `bridge_answer_timeout=${seconds}`].join(',')}]${to}`;
  // Nobody listens yet: without ignore_early_media a 183 would already park the leg and stop the ringing limit.
  return `{${[`originate_timeout=${seconds}`, 'ignore_early_media=true', ...leg].join(',')}}${to}`;
}
