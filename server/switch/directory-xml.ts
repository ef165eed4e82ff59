const header = '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<document type="freeswitch/xml">';

export const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

/** Never an empty user: one without params is accepted unauthenticated. */
export const notFoundXml = `${header}<section name="result"><result status="not found"/></section></document>`;

/**
 * `fromWhereItIs`: whatever contact a phone claims when it registers, it is rung at the address that its packets come from;
 * else a registration could make the switch send calls to any host.
 */
export function userXml({ domain, username, a1Hash, fromWhereItIs = false }: { domain: string; username: string; a1Hash: string; fromWhereItIs?: boolean }): string {
  const [name, id, hash] = [domain, username, a1Hash].map(escapeXml);
  return `${header}<section name="directory"><domain name="${name}"><user id="${id}"><params><param name="a1-hash" value="${hash}"/></params>${fromWhereItIs ? '<variables><variable name="sip-force-contact" value="NDLB-connectile-dysfunction"/></variables>' : ''}</user></domain></section></document>`;
}
