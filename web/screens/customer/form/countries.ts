import { countryCodes, isCountry } from '../../../../domain/countries.ts';

type Choices = readonly (readonly [code: string, name: string])[];
const made = new Map<string, Choices>();

/** Every country by its name in the reader's language; what stands in the form stays among them. */
export function countryChoices(language: string, chosen: string): Choices {
  let choices = made.get(language);
  if (choices === undefined) {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    const order = new Intl.Collator(language);
    choices = countryCodes.map((code) => [code, names.of(code) ?? code] as const).toSorted(([, a], [, b]) => order.compare(a, b));
    made.set(language, choices);
  }
  return isCountry(chosen) ? choices : [[chosen, chosen], ...choices];
}
