/** npm dnsbl as it is, for comparison. It has no types of its own, hence the name in a variable. */
const DNSBL: string = 'dnsbl';

export async function lookupWithDnsbl(
  server: string,
  zone: string,
  who: string,
): Promise<'listed' | 'not listed' | 'throws'> {
  const dnsbl: { lookup(address: string, list: string, options: object): Promise<boolean> } = await import(DNSBL);
  try {
    const said = await dnsbl.lookup(who, zone, { servers: [server], timeout: 1500 });
    return said ? 'listed' : 'not listed';
  } catch {
    return 'throws';
  }
}
