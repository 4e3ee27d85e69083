import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const INSTALL =
  'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core fonts-noto-cjk'
const CHINESE_FONT = '/usr/share/fonts/opentype/noto'
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * The browser that the tests drive: `INTERLEAVE_CHROMIUM`, or the one of the system, which is installed when there is none
 * and this process may.
 *
 * @throws When there is none; the message has the command to run.
 */
export function needChromium(): string {
  const given = process.env['INTERLEAVE_CHROMIUM']
  if (given !== undefined) return given
  // Without a Chinese font the screenshots show boxes and texts have another width.
  if (process.getuid?.() === 0 && (found() === undefined || !existsSync(CHINESE_FONT))) {
    const { status, stderr } = spawnSync('sh', ['-c', INSTALL], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    })
    if (status !== 0) console.error(`chromium could not be installed: ${stderr}`)
  }
  const path = found()
  if (path === undefined) throw new Error(`these tests need a Chromium; run: sudo sh -c "${INSTALL}"`)
  return path
}

const found = (): string | undefined => PLACES.find(place => existsSync(place))
