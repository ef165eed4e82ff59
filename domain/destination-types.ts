/** What a number is for, as far as it matters to who may be telephoned; `other`: voice over IP and company numbers. */
export const destinationTypes = ['mobile', 'fixed', 'tollFree', 'other'] as const;
export type DestinationType = (typeof destinationTypes)[number];
