import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'

import { useToasts } from '../../components/useToasts.ts'
import { useText } from '../../composables/useText.ts'
import { useComposeStore } from '../../stores/compose.ts'
import { FILES_LIMIT } from '../../stores/compose/inputs.ts'
import { holdsUrls } from '../../stores/compose/texts.ts'
import { readDropped } from './dropped-items.ts'

/** Takes what is dropped and pasted anywhere on the page, while the component is there. */
export function useTaking(): { readonly isOver: Readonly<ShallowRef<boolean>> } {
  const store = useComposeStore()
  const { t } = useText()
  const { push } = useToasts()
  const isOver = shallowRef(false)

  const onOver = (event: DragEvent): void => {
    if (event.dataTransfer === null) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    isOver.value = true
  }
  const onLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) isOver.value = false
  }
  const onDrop = async (event: DragEvent): Promise<void> => {
    isOver.value = false
    if (event.dataTransfer === null) return
    event.preventDefault()
    const { files, text, isCut } = await readDropped(event.dataTransfer, FILES_LIMIT)
    if (isCut) push({ tone: 'attention', title: t('compose.filesCut', { count: FILES_LIMIT }) })
    if (files.length > 0) await store.addFiles(files)
    else if (text !== '') await store.addText(text)
  }
  const onPaste = (event: ClipboardEvent): void => {
    const data = event.clipboardData
    if (data === null || isEditable(event.target)) return
    const files = [...data.files]
    const text = data.getData('text/plain')
    if (files.length > 0) void store.addFiles(files)
    else if (holdsUrls(text)) void store.addText(text)
    else return
    event.preventDefault()
  }
  const dropped = (event: DragEvent): void => void onDrop(event)

  onMounted(() => {
    document.addEventListener('dragover', onOver)
    document.addEventListener('dragleave', onLeave)
    document.addEventListener('drop', dropped)
    document.addEventListener('paste', onPaste)
  })
  onBeforeUnmount(() => {
    document.removeEventListener('dragover', onOver)
    document.removeEventListener('dragleave', onLeave)
    document.removeEventListener('drop', dropped)
    document.removeEventListener('paste', onPaste)
  })
  return { isOver }
}

/** What is pasted into a field belongs to it. */
const isEditable = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null
