#include "notes.h"

#include <string.h>

#if !defined(__has_embed)
#error "a compiler with #embed is needed: clang 19 or later, as Swift 6.2 brings one"
#endif
#pragma clang diagnostic ignored "-Wc23-extensions"

// A line for each file; a zero ends each text.
static const unsigned char texts[] = {
#embed "../../docs/architectures/AutoencoderKL.txt" suffix(, 0, )
#embed "../../docs/architectures/ControlNetModel.txt" suffix(, 0, )
#embed "../../docs/architectures/DiTTransformer2DModel.txt" suffix(, 0, )
#embed "../../docs/architectures/FluxTransformer2DModel.txt" suffix(, 0, )
#embed "../../docs/architectures/SD3Transformer2DModel.txt" suffix(, 0, )
#embed "../../docs/architectures/UNet2DConditionModel.txt" suffix(, 0, )
#embed "../../docs/architectures/adalora.txt" suffix(, 0, )
#embed "../../docs/architectures/bart.txt" suffix(, 0, )
#embed "../../docs/architectures/bert.txt" suffix(, 0, )
#embed "../../docs/architectures/bloom.txt" suffix(, 0, )
#embed "../../docs/architectures/boft.txt" suffix(, 0, )
#embed "../../docs/architectures/clip.txt" suffix(, 0, )
#embed "../../docs/architectures/clip_text_model.txt" suffix(, 0, )
#embed "../../docs/architectures/cohere.txt" suffix(, 0, )
#embed "../../docs/architectures/convnext.txt" suffix(, 0, )
#embed "../../docs/architectures/deberta_v2.txt" suffix(, 0, )
#embed "../../docs/architectures/deepseek_v3.txt" suffix(, 0, )
#embed "../../docs/architectures/deit.txt" suffix(, 0, )
#embed "../../docs/architectures/detr.txt" suffix(, 0, )
#embed "../../docs/architectures/dinov2.txt" suffix(, 0, )
#embed "../../docs/architectures/falcon.txt" suffix(, 0, )
#embed "../../docs/architectures/fourierft.txt" suffix(, 0, )
#embed "../../docs/architectures/gemma.txt" suffix(, 0, )
#embed "../../docs/architectures/gemma3.txt" suffix(, 0, )
#embed "../../docs/architectures/gpt2.txt" suffix(, 0, )
#embed "../../docs/architectures/gpt_neo.txt" suffix(, 0, )
#embed "../../docs/architectures/gpt_neox.txt" suffix(, 0, )
#embed "../../docs/architectures/gpt_oss.txt" suffix(, 0, )
#embed "../../docs/architectures/granitemoe.txt" suffix(, 0, )
#embed "../../docs/architectures/ia3.txt" suffix(, 0, )
#embed "../../docs/architectures/jamba.txt" suffix(, 0, )
#embed "../../docs/architectures/llama.txt" suffix(, 0, )
#embed "../../docs/architectures/ln_tuning.txt" suffix(, 0, )
#embed "../../docs/architectures/loha.txt" suffix(, 0, )
#embed "../../docs/architectures/lokr.txt" suffix(, 0, )
#embed "../../docs/architectures/lora.txt" suffix(, 0, )
#embed "../../docs/architectures/mamba.txt" suffix(, 0, )
#embed "../../docs/architectures/mamba2.txt" suffix(, 0, )
#embed "../../docs/architectures/miss.txt" suffix(, 0, )
#embed "../../docs/architectures/mixtral.txt" suffix(, 0, )
#embed "../../docs/architectures/oft.txt" suffix(, 0, )
#embed "../../docs/architectures/opt.txt" suffix(, 0, )
#embed "../../docs/architectures/phi3.txt" suffix(, 0, )
#embed "../../docs/architectures/prompt_tuning.txt" suffix(, 0, )
#embed "../../docs/architectures/qwen3_moe.txt" suffix(, 0, )
#embed "../../docs/architectures/qwen3_next.txt" suffix(, 0, )
#embed "../../docs/architectures/roberta.txt" suffix(, 0, )
#embed "../../docs/architectures/rwkv.txt" suffix(, 0, )
#embed "../../docs/architectures/sam.txt" suffix(, 0, )
#embed "../../docs/architectures/siglip.txt" suffix(, 0, )
#embed "../../docs/architectures/starcoder2.txt" suffix(, 0, )
#embed "../../docs/architectures/swin.txt" suffix(, 0, )
#embed "../../docs/architectures/t5.txt" suffix(, 0, )
#embed "../../docs/architectures/vblora.txt" suffix(, 0, )
#embed "../../docs/architectures/vera.txt" suffix(, 0, )
#embed "../../docs/architectures/vit.txt" suffix(, 0, )
#embed "../../docs/architectures/wav2vec2.txt" suffix(, 0, )
#embed "../../docs/architectures/whisper.txt" suffix(, 0, )
};

size_t reinit_note_count(void) {
  size_t count = 0;
  for (size_t i = 0; i < sizeof texts; i++) count += texts[i] == 0;
  return count;
}

const char *reinit_note(size_t index) {
  const char *at = (const char *)texts, *end = at + sizeof texts;
  while (index > 0 && at < end) {
    at += strlen(at) + 1;
    index--;
  }
  return at < end ? at : NULL;
}

const char *reinit_note_line(const char *from, const char *key, size_t *size) {
  size_t length = strlen(key);
  for (const char *at = from; (at = strstr(at, key)) != NULL; at++) {
    if (at != from && at[-1] != '\n') continue;
    at += length;
    *size = strcspn(at, "\n");
    return at;
  }
  return NULL;
}
