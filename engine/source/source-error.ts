import { JobError } from '../../shared/model/error.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is longer than the file system allows',
  EIO: 'the disk reported a read error',
  ENXIO: 'the device is gone',
  ESTALE: 'the network share lost it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** @returns What the system said while reading `path` as a sentence for people; any other error as it is. */
export function sourceError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof JobError) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  return new JobError('E_SRC_IO', `cannot read ${path}: ${REASONS[code] ?? error.message}`, { cause: error })
}
