/**
 * Puts `text` on the clipboard. Browsers give it to pages over https and on the own machine only: elsewhere the field that
 * shows the text is selected and copied as by Ctrl+C. @returns false where neither is allowed; the field stays selected then.
 */
export async function copyText(text: string, field: HTMLElement | null): Promise<boolean> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined && (await clipboard.writeText(text).then(() => true, () => false))) return true;
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  field.select();
  // Old, and the only way on a page without https.
  return document.execCommand('copy');
}
