/** What a manager says about a contact whom they were given. */
export const managerOutcomes = ['sold', 'interested', 'no'] as const;
export type ManagerOutcome = (typeof managerOutcomes)[number];
