import { Tokenizer } from 'htmlparser2'
import type { CrawlLimits } from '../http/limits.ts'

export interface ExtractWishes {
  readonly title: boolean
  readonly links: boolean
  readonly meta: boolean
}

type ExtractLimits = Pick<
  CrawlLimits,
  'links' | 'titleCharacters' | 'metaEntries' | 'metaCharacters' | 'parseMs'
>
type Callbacks = ConstructorParameters<typeof Tokenizer>[1]

/** An unfinished token longer than this loses its beginning. */
const KEPT_CHARACTERS = 256 * 1024
const LONGEST_NAME = 64

/**
 * Takes title, links and meta values out of HTML as it arrives.
 *
 * It listens to tokens and builds no tree: nesting costs nothing, and attributes are read only of the elements that
 * matter. One object serves page after page.
 */
export class PageExtractor implements Callbacks {
  title: string | null = null
  links = 0
  readonly meta = new Map<string, string>()
  /** True once nothing more can be found, or the page used up its time. */
  isDone = false
  readonly #wishes: ExtractWishes
  readonly #limits: ExtractLimits
  readonly #tokenizer = new Tokenizer({}, this)
  #text = ''
  /** Position of the first character of `#text` in the page. */
  #textStart = 0
  /** Up to where tokens were told of; the text before is not needed again. */
  #seen = 0
  #tag = ''
  #attribute = ''
  #value = ''
  #hasHref = false
  #name = ''
  #content: string | null = null
  #svgDepth = 0
  /** What has been read of the title element; `null` outside of it. */
  #titleText: string | null = null

  constructor(wishes: ExtractWishes, limits: ExtractLimits) {
    this.#wishes = wishes
    this.#limits = limits
  }

  begin(): void {
    this.title = null
    this.links = 0
    this.meta.clear()
    this.isDone = false
    this.#tokenizer.reset()
    this.#text = ''
    this.#textStart = 0
    this.#seen = 0
    this.#tag = ''
    this.#value = ''
    this.#svgDepth = 0
    this.#titleText = null
  }

  /** @param cpuMs What the page has used of its time before this call. */
  write(text: string, cpuMs: number): void {
    if (this.isDone) return
    if (cpuMs > this.#limits.parseMs) {
      this.isDone = true
      return
    }
    const unneeded = Math.max(this.#seen - this.#textStart, this.#text.length - KEPT_CHARACTERS)
    if (unneeded >= this.#text.length) {
      this.#textStart += this.#text.length
      this.#text = text
    } else {
      const drop = Math.max(0, unneeded)
      this.#textStart += drop
      this.#text = this.#text.slice(drop) + text
    }
    this.#tokenizer.write(text)
  }

  end(): void {
    if (!this.isDone) this.#tokenizer.end()
    this.#endTitle()
  }

  // --- what the tokenizer tells; positions count from the start of the page ---

  onopentagname(start: number, end: number): void {
    this.#tag = this.#slice(start, end, LONGEST_NAME).toLowerCase()
    this.#hasHref = false
    this.#name = ''
    this.#content = null
  }

  onopentagend(end: number): void {
    this.#seen = end
    switch (this.#tag) {
      case 'a':
      case 'area':
        if (this.#hasHref && this.links < this.#limits.links) this.links += 1
        break
      case 'meta':
        this.#endMeta()
        break
      case 'title':
        if (this.title === null && this.#svgDepth === 0) this.#titleText = ''
        break
      case 'svg':
        this.#svgDepth += 1
        break
      case 'body':
        // Meta values stand in the head; nobody else is looked for there but links.
        if (!this.#wishes.links && (this.title !== null || !this.#wishes.title)) this.#stop()
        break
    }
    if (this.#wishes.links && this.links >= this.#limits.links && this.#isHeadRead()) this.#stop()
    this.#tag = ''
  }

  onselfclosingtag(end: number): void {
    const isSvg = this.#tag === 'svg'
    this.onopentagend(end)
    if (isSvg) this.#svgDepth -= 1
  }

  onclosetag(start: number, end: number): void {
    this.#seen = end
    const tag = this.#slice(start, end, LONGEST_NAME).toLowerCase()
    if (tag === 'title') this.#endTitle()
    else if (tag === 'svg' && this.#svgDepth > 0) this.#svgDepth -= 1
    else if (tag === 'head' && !this.#wishes.links) this.#stop()
  }

  onattribname(start: number, end: number): void {
    this.#value = ''
    this.#attribute = this.#wantsAttributes() ? this.#slice(start, end, LONGEST_NAME).toLowerCase() : ''
  }

  onattribdata(start: number, end: number): void {
    this.#seen = end
    if (this.#attribute === '' || this.#value.length > this.#limits.metaCharacters) return
    this.#value += this.#slice(start, end, this.#limits.metaCharacters)
  }

  onattribentity(codepoint: number): void {
    if (this.#attribute !== '' && this.#value.length <= this.#limits.metaCharacters) {
      this.#value += String.fromCodePoint(codepoint)
    }
  }

  onattribend(): void {
    const attribute = this.#attribute
    if (attribute === '') return
    if (attribute === 'href') this.#hasHref = true
    else if ((attribute === 'name' || attribute === 'property') && this.#name === '') this.#name = this.#value
    else if (attribute === 'content') this.#content ??= this.#value
    this.#attribute = ''
  }

  ontext(start: number, end: number): void {
    this.#seen = end
    if (this.#titleText !== null) this.#addTitle(this.#slice(start, end, this.#limits.titleCharacters))
  }

  ontextentity(codepoint: number, end: number): void {
    this.#seen = end
    if (this.#titleText !== null) this.#addTitle(String.fromCodePoint(codepoint))
  }

  oncomment(_start: number, end: number): void {
    this.#seen = end
  }

  oncdata(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  isInForeignContext(): boolean {
    return this.#svgDepth > 0
  }

  #wantsAttributes(): boolean {
    return (
      (this.#wishes.links && (this.#tag === 'a' || this.#tag === 'area')) ||
      (this.#wishes.meta && this.#tag === 'meta')
    )
  }

  #isHeadRead(): boolean {
    return !this.#wishes.title || this.title !== null
  }

  #endMeta(): void {
    if (!this.#wishes.meta || this.#content === null || this.#name === '') return
    const name = this.#name.trim().toLowerCase().slice(0, LONGEST_NAME)
    if (name === '' || this.meta.has(name) || this.meta.size >= this.#limits.metaEntries) return
    this.meta.set(name, this.#content.slice(0, this.#limits.metaCharacters).toWellFormed())
  }

  #addTitle(text: string): void {
    // White space is folded later, so a little more than the limit is kept.
    if (this.#titleText!.length <= this.#limits.titleCharacters * 2) this.#titleText += text
  }

  #endTitle(): void {
    if (this.#titleText === null) return
    const title = this.#titleText.trim().replace(/\s+/g, ' ')
    this.title = title.slice(0, this.#limits.titleCharacters).toWellFormed()
    this.#titleText = null
    if (!this.#wishes.links && !this.#wishes.meta) this.#stop()
  }

  #stop(): void {
    this.isDone = true
    this.#tokenizer.pause()
  }

  /** @returns At most `most` characters of the page from `start`; what is no longer kept is missing. */
  #slice(start: number, end: number, most: number): string {
    const from = Math.max(start, this.#textStart) - this.#textStart
    return this.#text.slice(from, Math.min(end - this.#textStart, from + most))
  }
}
