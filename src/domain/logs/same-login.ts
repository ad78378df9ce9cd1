/** Whether two names may mean the same login: whatever their case, and where one of them lacks the domain. */
export function mayBeSameLogin(one: string, other: string): boolean {
  const [a, b] = [one, other].map((each) => each.toLowerCase().split('@'));
  if (a?.[0] !== b?.[0]) return false;
  return a?.[1] === undefined || b?.[1] === undefined || a[1] === b[1];
}
