/** Codes are stable; the sentences are what people see, translated by the browser's dictionary. */
export const phoneReasons = {
  empty: 'the phone number is empty',
  noDigits: 'there are no digits in the phone number',
  scientificNotation: 'the phone number was cut by scientific notation (7.9E+10): format the column as text and export again',
  emergency: 'this is an emergency number',
  /** Short service numbers (900, 0611) as well. */
  tooShort: 'the phone number is too short',
  tooLong: 'the phone number is too long',
  premiumRate: 'this is a premium-rate number',
  sharedCost: 'this is a shared-cost number',
  specialService: 'this is a pager, a voicemail or a personal redirecting number',
  internationalNetwork: 'this number belongs to a satellite or international network',
  invalid: 'no such phone number exists',
} as const;
export type PhoneReason = keyof typeof phoneReasons;
export const phoneReasonText = (reason: PhoneReason): string => phoneReasons[reason];
