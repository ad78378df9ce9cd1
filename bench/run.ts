/** `npm run bench [NAME …]`: all benches, or the named ones, one after the other. */
const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<void> }>>> = {
  start: () => import('./start.ts'),
  dns: () => import('./dns.ts'),
  escalation: () => import('./escalation.ts'),
  history: () => import('./history.ts'),
  queue: () => import('./queue.ts'),
  drill: () => import('./drill.ts'),
  teams: () => import('./teams.ts'),
  slack: () => import('./slack.ts'),
};

const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const load = BENCHES[name];
  if (!load) throw new Error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}.`);
  await (await load()).run();
}
