import { spawn } from 'node:child_process'

/** After this long a program that still runs counts as a browser that was opened. */
const OPENED_MS = 2_000

/**
 * Hands an address to whatever opens addresses here.
 *
 * @returns Whether a browser seems to have been opened.
 */
export function openBrowser(
  url: string,
  { env, platform }: { readonly env: NodeJS.ProcessEnv; readonly platform: NodeJS.Platform },
): Promise<boolean> {
  const command = openerOf(url, env, platform)
  if (command === null) return Promise.resolve(false)
  const [program, ...args] = command
  return new Promise(resolve => {
    const child = spawn(program, args, { env, stdio: 'ignore', detached: true })
    const timer = setTimeout(() => resolve(true), OPENED_MS)
    const settle = (isOpened: boolean): void => {
      clearTimeout(timer)
      resolve(isOpened)
    }
    child.once('error', () => settle(false))
    child.once('exit', code => settle(code === 0))
    child.unref()
  })
}

/** @returns The command; `null` where there is no screen to open a browser on. */
export function openerOf(
  url: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly [program: string, ...args: string[]] | null {
  if (platform === 'darwin') return ['open', url]
  // Not `start`: a shell would read what is in the address.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url]
  const hasScreen = Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
  return hasScreen ? ['xdg-open', url] : null
}
