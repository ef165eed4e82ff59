import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The controller's own registry; scraped from its /metrics. */
export const registry = new Registry();
const registers = [registry];

export const transitions = new Counter({ name: 'exchange_call_transitions_total', help: 'Transitions of calls', labelNames: ['event', 'to'], registers });
export const lateEvents = new Counter({ name: 'exchange_call_late_events_total', help: 'Events that came too late or twice', labelNames: ['event'], registers });
export const liveCalls = new Gauge({ name: 'exchange_live_calls', help: 'Calls not ended', registers });
export const eventAge = new Histogram({
  name: 'exchange_event_age_seconds', help: 'Age of a switch event when its transition sees it', buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1], registers,
});
export const ordersFailed = new Counter({ name: 'exchange_orders_failed_total', help: 'Orders that the switch refused or left unanswered', labelNames: ['order', 'reason'], registers });
export const quarantined = new Counter({ name: 'exchange_calls_quarantined_total', help: 'Calls whose handling failed and that were ended for it', registers });
export const spendCapHit = new Gauge({ name: 'exchange_spend_cap_reached', help: '1 while the day’s spend cap refuses new attempts', registers });
export const linkUp = new Gauge({ name: 'exchange_switch_link_up', help: '1 while the Event Socket is up', registers });
export const recordingsEnded = new Counter({ name: 'exchange_recordings_total', help: 'Recorded segments by what became of them', labelNames: ['state'], registers });
export const recordingsWaiting = new Gauge({ name: 'exchange_recordings_waiting', help: 'Finished segments on their way to the store, at most 20 counted', registers });
export const recordingDiskLow = new Gauge({ name: 'exchange_recordings_disk_low', help: '1 while no recording is started because the disk is full or the spool cannot be used', registers });
