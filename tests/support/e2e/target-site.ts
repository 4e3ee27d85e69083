import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SITE = fileURLToPath(new URL('../../../out/headless/site.js', import.meta.url))

/** The built-in site in a process of its own, on a port of its own. */
export interface TargetSite extends AsyncDisposable {
  readonly origin: string
  /** @returns A list of so many URLs of the site, one a line. */
  list(count: number, parameters?: string): Promise<string>
}

/** @param laws As `site.js` takes them: latency in milliseconds, share of errors, seed. */
export async function startTargetSite(laws: object): Promise<TargetSite> {
  const child = spawn(process.execPath, [SITE, JSON.stringify(laws)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { port } = JSON.parse(line) as { port: number }
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    list: async (count, parameters = '') =>
      (await fetch(`${origin}/list.txt?count=${count}${parameters}`)).text(),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
