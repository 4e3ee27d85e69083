import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

/** Whether this process may make file systems of its own. */
export const mayMount = (): boolean => process.platform === 'linux' && process.getuid?.() === 0

/** A file system in memory that is soon full. Dispose of it before its folder is removed. */
export class Volume implements Disposable {
  readonly path: string

  /** @throws Error when it cannot be mounted. */
  constructor(path: string, bytes: number) {
    this.path = path
    mkdirSync(path, { recursive: true })
    run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
  }

  /** Makes room, or takes it away. */
  resize(bytes: number): void {
    run('mount', ['-o', `remount,size=${bytes}`, this.path])
  }

  [Symbol.dispose](): void {
    run('umount', ['--lazy', this.path])
  }
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`)
}
