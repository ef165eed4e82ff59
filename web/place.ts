/** The first segment of the path names the role; the rest belongs to the role's own screens. */
export interface Place { readonly role: string; readonly rest: readonly string[] }

export function placeOf(path: string): Place {
  const [role = '', ...rest] = path.split('/').filter((part) => part !== '').map(decode);
  return { role, rest };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
