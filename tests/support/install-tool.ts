import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Sees to it that a command of the system is there; as root it is installed from the package of the same name.
 *
 * @throws Error with the command to run when it is not.
 */
export function needTool(name: string): void {
  if (isThere(name)) return
  const install = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${name}`
  if (process.getuid?.() !== 0) throw new Error(`${name} is needed here; run: sudo sh -c "${install}"`)
  // Test files run in processes of their own: one of them installs, the others wait for it.
  const lock = join(tmpdir(), `interleave-install-${name}.lock`)
  const { stderr } = spawnSync(
    'flock',
    [lock, 'sh', '-c', `command -v ${name} >/dev/null || { ${install}; }`],
    {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  )
  if (!isThere(name)) throw new Error(`${name} is not there after: ${install}\n${stderr}`)
}

const isThere = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
