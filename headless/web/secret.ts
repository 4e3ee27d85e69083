import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * @returns 256 random bits as 43 characters that stand in URLs and headers as they are. Of `randomBytes`, since the
 * generators that answer ids and integers keep a buffer, which processes started from one snapshot share.
 */
export const makeSecret = (): string => randomBytes(32).toString('base64url')

/** A secret as it is kept: whoever reads the memory of this process learns none, and all are equally long. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** Compares in a time that tells nothing of either. */
export const isSecret = (given: string, kept: Buffer): boolean => timingSafeEqual(digestOf(given), kept)
