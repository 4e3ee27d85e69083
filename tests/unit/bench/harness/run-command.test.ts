import { describe, expect, it } from 'vitest'
import { runCommand } from '../../../../bench/harness/run-command.ts'

describe('runCommand', () => {
  it.runIf(process.platform === 'linux')(
    'measures the CPU time and memory of everything a command started',
    async () => {
      // The shell is small and idle; what counts is the process it starts.
      const busy =
        'const end = Date.now() + 500, b = Buffer.alloc(1e8, 1); while (Date.now() < end); console.log(b.length)'
      const line = ['sh', '-c', `"$0" -e '${busy}'; true`, process.execPath] as const

      const measured = await runCommand({ line: [...line], core: null })

      expect(measured.stdout).toBe('100000000\n')
      expect(measured.cpuSec).toBeGreaterThan(0)
      expect(measured.peakRssBytes).toBeGreaterThan(1e8)
    },
  )

  it('fails with what the command said', async () => {
    const line = ['sh', '-c', 'echo no such peer >&2; exit 3'] as const

    await expect(runCommand({ line: [...line], core: null })).rejects.toThrow('ended with 3: no such peer')
  })
})
