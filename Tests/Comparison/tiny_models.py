"""Tiny models of the architectures that have notes, as their framework makes them: small sizes, all different, and numbers of
config.json that are not the defaults, so that a recipe that does not read them is found."""

TEXT = dict(vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=3, num_attention_heads=4,
            max_position_embeddings=40, initializer_range=0.03, bos_token_id=1, eos_token_id=2)
DECODER = dict(TEXT, num_key_value_heads=2)
EXPERTS = dict(DECODER, num_experts=6, num_experts_per_tok=2, moe_intermediate_size=24)
VISION = dict(hidden_size=32, intermediate_size=56, num_hidden_layers=3, num_attention_heads=4, image_size=24, patch_size=8,
              initializer_range=0.03)
DEEPSEEK = dict(DECODER, num_key_value_heads=4, moe_intermediate_size=24, n_routed_experts=8, n_shared_experts=1, num_experts_per_tok=2,
                n_group=2, topk_group=1, kv_lora_rank=12, q_lora_rank=20, qk_rope_head_dim=4, qk_nope_head_dim=8, v_head_dim=6,
                first_k_dense_replace=1)


def transformers_models():
    """name: (class of the model, settings). Several names of one architecture are its forms: other heads, other settings."""
    models = {}

    def add(name, cls, settings, **more):
        models[name] = (cls, dict(settings, **more))

    add("llama", "LlamaForCausalLM", DECODER)
    add("llama-tied", "LlamaForCausalLM", DECODER, tie_word_embeddings=True, attention_bias=True, mlp_bias=True)
    add("llama-base", "LlamaModel", DECODER, pad_token_id=0)
    add("llama-classes", "LlamaForSequenceClassification", DECODER, pad_token_id=0)
    add("mistral", "MistralForCausalLM", DECODER, head_dim=12)
    add("mixtral", "MixtralForCausalLM", DECODER, num_local_experts=4)
    add("qwen2", "Qwen2ForCausalLM", DECODER)
    add("qwen3", "Qwen3ForCausalLM", DECODER, head_dim=12)
    add("qwen3_moe", "Qwen3MoeForCausalLM", EXPERTS, head_dim=12, decoder_sparse_step=1)
    add("qwen3_next", "Qwen3NextForCausalLM", EXPERTS, num_hidden_layers=4, head_dim=12, linear_num_value_heads=4, linear_num_key_heads=2,
        linear_key_head_dim=6, linear_value_head_dim=10, shared_expert_intermediate_size=20)
    add("gemma", "GemmaForCausalLM", DECODER, head_dim=12, pad_token_id=0)
    add("gemma2", "Gemma2ForCausalLM", DECODER, head_dim=12, pad_token_id=0)
    add("gemma3_text", "Gemma3ForCausalLM", DECODER, head_dim=12, pad_token_id=0)
    add("gemma3", "Gemma3ForConditionalGeneration",
        dict(text_config=dict(DECODER, head_dim=12, pad_token_id=0, initializer_range=0.04), vision_config=dict(VISION, model_type="siglip_vision_model", initializer_range=0.05),
             mm_tokens_per_image=4, initializer_range=0.03))
    add("phi3", "Phi3ForCausalLM", DECODER, pad_token_id=3)
    add("falcon", "FalconForCausalLM", TEXT, num_kv_heads=2, new_decoder_architecture=True, ffn_hidden_size=56)
    add("falcon-7b", "FalconForCausalLM", TEXT, multi_query=True, parallel_attn=True, ffn_hidden_size=56)
    add("falcon-alibi", "FalconForCausalLM", TEXT, multi_query=False, parallel_attn=False, alibi=True, bias=True, ffn_hidden_size=56)
    add("bloom", "BloomForCausalLM", dict(vocab_size=97, hidden_size=32, n_layer=3, n_head=4, initializer_range=0.03))
    add("gpt2", "GPT2LMHeadModel", dict(vocab_size=97, n_embd=32, n_layer=3, n_head=4, n_positions=40, initializer_range=0.03))
    add("gpt2-untied", "GPT2LMHeadModel", dict(vocab_size=97, n_embd=32, n_layer=5, n_head=4, n_inner=48, n_positions=40, tie_word_embeddings=False))
    add("gpt2-base", "GPT2Model", dict(vocab_size=97, n_embd=32, n_layer=3, n_head=4, n_positions=40))
    add("gpt2-cross", "GPT2LMHeadModel", dict(vocab_size=97, n_embd=32, n_layer=3, n_head=4, n_positions=40, add_cross_attention=True))
    add("gpt_neo", "GPTNeoForCausalLM", dict(vocab_size=97, hidden_size=32, num_layers=4, num_heads=4, attention_types=[[["global", "local"], 2]],
                                             intermediate_size=56, max_position_embeddings=40, initializer_range=0.03))
    add("gpt_neox", "GPTNeoXForCausalLM", TEXT)
    add("opt", "OPTForCausalLM", dict(vocab_size=97, hidden_size=32, ffn_dim=56, num_hidden_layers=3, num_attention_heads=4, word_embed_proj_dim=20,
                                      max_position_embeddings=40, init_std=0.03, pad_token_id=1))
    add("t5", "T5ForConditionalGeneration", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=3, num_heads=4, initializer_factor=0.7, decoder_start_token_id=0))
    add("t5-gated", "T5ForConditionalGeneration", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=3, num_heads=4, initializer_factor=1.0,
                                                       feed_forward_proj="gated-gelu", tie_word_embeddings=False, decoder_start_token_id=0))
    add("t5-encoder", "T5EncoderModel", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=3, num_heads=4))
    add("t5-classes", "T5ForSequenceClassification", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=2, num_heads=4, decoder_start_token_id=0))
    add("t5-answers", "T5ForQuestionAnswering", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=2, num_heads=4, decoder_start_token_id=0))
    add("t5-tokens", "T5ForTokenClassification", dict(vocab_size=97, d_model=32, d_kv=6, d_ff=56, num_layers=2, num_heads=4))
    bart = dict(vocab_size=97, d_model=32, encoder_layers=3, decoder_layers=2, encoder_ffn_dim=56, decoder_ffn_dim=48, encoder_attention_heads=4,
                decoder_attention_heads=4, max_position_embeddings=40, init_std=0.03, pad_token_id=1, decoder_start_token_id=2)
    add("bart", "BartForConditionalGeneration", bart)
    add("bart-classes", "BartForSequenceClassification", bart)
    bert = dict(TEXT, type_vocab_size=2)
    add("bert", "BertForMaskedLM", bert, pad_token_id=0)
    add("bert-pretraining", "BertForPreTraining", bert, pad_token_id=0)
    add("bert-classes", "BertForSequenceClassification", bert, pad_token_id=0)
    add("roberta", "RobertaForMaskedLM", bert, pad_token_id=1)
    add("roberta-classes", "RobertaForSequenceClassification", bert, pad_token_id=1)
    add("deberta_v2", "DebertaV2ForMaskedLM", bert, pad_token_id=0, relative_attention=True, pos_att_type=["p2c", "c2p"], position_buckets=8,
        share_att_key=True, norm_rel_ebd="layer_norm", conv_kernel_size=3, position_biased_input=False)
    add("deberta_v2-plain", "DebertaV2ForSequenceClassification", bert, pad_token_id=0, relative_attention=True, pos_att_type=["p2c", "c2p"],
        embedding_size=24)
    add("deberta_v2-new", "DebertaV2ForMaskedLM", bert, pad_token_id=0, relative_attention=True, pos_att_type=["p2c", "c2p"], legacy=False)
    add("camembert", "CamembertForMaskedLM", bert, pad_token_id=1)
    add("electra", "ElectraForPreTraining", bert, pad_token_id=0, embedding_size=24)
    add("electra-generator", "ElectraForMaskedLM", bert, pad_token_id=0, embedding_size=24)
    whisper = dict(vocab_size=97, num_mel_bins=10, encoder_layers=3, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=56,
                   decoder_ffn_dim=48, d_model=32, max_source_positions=30, max_target_positions=20, init_std=0.03, pad_token_id=5, bos_token_id=5, eos_token_id=5,
                   decoder_start_token_id=6)
    add("whisper", "WhisperForConditionalGeneration", whisper)
    add("whisper-classes", "WhisperForAudioClassification", whisper, use_weighted_layer_sum=True)
    wav2vec2 = dict(vocab_size=32, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=56, conv_dim=(16, 24), conv_stride=(5, 2),
                    conv_kernel=(10, 3), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=4, initializer_range=0.03, codevector_dim=20,
                    proj_codevector_dim=20, num_codevectors_per_group=10, xvector_output_dim=16, tdnn_dim=(16, 16, 24), tdnn_kernel=(5, 3, 1), tdnn_dilation=(1, 2, 1),
                    classifier_proj_size=20)
    add("wav2vec2", "Wav2Vec2ForCTC", wav2vec2)
    add("wav2vec2-pretraining", "Wav2Vec2ForPreTraining", wav2vec2, conv_bias=True, feat_extract_norm="layer", do_stable_layer_norm=True)
    add("wav2vec2-classes", "Wav2Vec2ForSequenceClassification", wav2vec2, use_weighted_layer_sum=True)
    add("wav2vec2-adapter", "Wav2Vec2ForCTC", wav2vec2, add_adapter=True, output_hidden_size=24, num_adapter_layers=2, adapter_attn_dim=6)
    add("wav2vec2-speakers", "Wav2Vec2ForXVector", wav2vec2)
    clip_text = dict(vocab_size=97, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=20, initializer_factor=1.0)
    add("clip", "CLIPModel", dict(text_config=dict(clip_text, initializer_range=0.04), vision_config=VISION, projection_dim=28, logit_scale_init_value=2.0, initializer_factor=1.0))
    add("clip_text_model", "CLIPTextModelWithProjection", clip_text, projection_dim=28, initializer_factor=0.8)
    add("clip_vision_model", "CLIPVisionModelWithProjection", VISION, projection_dim=28, initializer_factor=0.8)
    add("clip-classes", "CLIPForImageClassification", dict(text_config=clip_text, vision_config=VISION, projection_dim=28, initializer_factor=0.6))
    add("siglip", "SiglipModel", dict(text_config=dict(vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=20, projection_size=32),
                                      vision_config=VISION))
    add("siglip_vision_model", "SiglipVisionModel", VISION)
    add("siglip-classes", "SiglipForImageClassification", dict(text_config=dict(vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=20),
                                                               vision_config=VISION))
    add("vit", "ViTForImageClassification", VISION, num_labels=7)
    add("vit-masked", "ViTForMaskedImageModeling", VISION, encoder_stride=8)
    add("vit-base", "ViTModel", VISION)
    add("deit", "DeiTForImageClassificationWithTeacher", VISION, num_labels=7)
    add("deit-masked", "DeiTForMaskedImageModeling", VISION, encoder_stride=8)
    add("dinov2", "Dinov2ForImageClassification", VISION, num_labels=7, layerscale_value=0.3, mlp_ratio=2)
    add("dinov2_with_registers", "Dinov2WithRegistersForImageClassification", VISION, num_labels=7, mlp_ratio=2)
    add("dinov2-giant", "Dinov2Model", VISION, use_swiglu_ffn=True, mlp_ratio=2)
    add("swin", "SwinForImageClassification", dict(image_size=32, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4, initializer_range=0.03, num_labels=7))
    add("swin-masked", "SwinForMaskedImageModeling", dict(image_size=32, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4, use_absolute_embeddings=True, encoder_stride=4))
    add("convnext", "ConvNextForImageClassification", dict(hidden_sizes=[16, 24, 32], depths=[1, 2, 1], num_stages=3, layer_scale_init_value=0.2, initializer_range=0.03, num_labels=7))
    backbone = dict(model_type="resnet", embedding_size=16, hidden_sizes=[16, 24, 32, 40], depths=[1, 1, 1, 1], layer_type="basic", out_features=["stage4"])
    detr = dict(d_model=32, encoder_layers=2, decoder_layers=3, encoder_ffn_dim=56, decoder_ffn_dim=48, encoder_attention_heads=4, decoder_attention_heads=4, num_queries=9, init_std=0.03,
                init_xavier_std=0.9, use_timm_backbone=False, use_pretrained_backbone=False, backbone=None, backbone_config=backbone)
    add("detr", "DetrForObjectDetection", detr)
    add("detr-learned", "DetrForObjectDetection", detr, position_embedding_type="learned")
    add("detr-masks", "DetrForSegmentation", detr, d_model=128, encoder_attention_heads=8, decoder_attention_heads=8, backbone_config=dict(backbone, out_features=["stage1", "stage2", "stage3", "stage4"]))
    add("sam", "SamModel", dict(vision_config=dict(hidden_size=32, output_channels=32, num_hidden_layers=3, num_attention_heads=4, image_size=64, patch_size=8, window_size=4, global_attn_indexes=[1],
                                                   mlp_dim=56, num_pos_feats=16, initializer_range=0.05),
                                prompt_encoder_config=dict(hidden_size=32, image_size=64, patch_size=8, mask_input_channels=16),
                                mask_decoder_config=dict(hidden_size=32, mlp_dim=56, num_hidden_layers=2, num_attention_heads=4, iou_head_hidden_dim=40), initializer_range=0.03))
    mamba = dict(vocab_size=97, hidden_size=32, num_hidden_layers=3, initializer_range=0.08)
    add("mamba", "MambaForCausalLM", mamba, state_size=8, expand=2, time_step_rank=4, time_step_min=0.01, time_step_max=0.2, time_step_scale=0.8, time_step_floor=0.02)
    add("mamba-constant", "MambaForCausalLM", mamba, state_size=8, time_step_init_scheme="constant", rescale_prenorm_residual=True, use_bias=True)
    add("mamba2", "Mamba2ForCausalLM", mamba, num_heads=8, head_dim=8, state_size=12, n_groups=2, expand=2, time_step_min=0.01, time_step_max=0.2, time_step_floor=0.02)
    add("mamba2-rescaled", "Mamba2ForCausalLM", mamba, num_heads=8, head_dim=8, state_size=12, n_groups=2, expand=2, rescale_prenorm_residual=True, use_bias=True)
    add("jamba", "JambaForCausalLM", DECODER, num_hidden_layers=8, num_experts=4, mamba_d_state=8, mamba_dt_rank=4, pad_token_id=0, use_mamba_kernels=False)
    add("rwkv", "RwkvForCausalLM", dict(vocab_size=97, hidden_size=32, attention_hidden_size=40, intermediate_size=48, num_hidden_layers=3, context_length=40))
    add("deepseek_v3", "DeepseekV3ForCausalLM", DEEPSEEK)
    add("deepseek_v3-no-q", "DeepseekV3ForCausalLM", DEEPSEEK, q_lora_rank=None)
    add("gpt_oss", "GptOssForCausalLM", DECODER, num_local_experts=4, head_dim=12, num_experts_per_tok=2)
    add("olmo2", "Olmo2ForCausalLM", DECODER)
    add("olmo3", "Olmo3ForCausalLM", DECODER)
    add("smollm3", "SmolLM3ForCausalLM", DECODER, pad_token_id=0)
    add("seed_oss", "SeedOssForCausalLM", DECODER, head_dim=12)
    add("vaultgemma", "VaultGemmaForCausalLM", DECODER, head_dim=12, pad_token_id=0)
    add("granite", "GraniteForCausalLM", DECODER)
    add("granitemoe", "GraniteMoeForCausalLM", DECODER, num_local_experts=4)
    add("cohere", "CohereForCausalLM", DECODER, use_qk_norm=True, pad_token_id=0)
    add("starcoder2", "Starcoder2ForCausalLM", DECODER)
    return models



def diffusers_models():
    models = {}

    def add(name, cls, **settings):
        models[name] = (cls, settings)

    unet = dict(sample_size=8, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32), norm_num_groups=8)
    add("UNet2DConditionModel", "UNet2DConditionModel", **unet, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=24, attention_head_dim=4)
    add("UNet2DConditionModel-xl", "UNet2DConditionModel", **unet, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=24, attention_head_dim=4, use_linear_projection=True,
        addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=40, transformer_layers_per_block=2)
    add("UNet2DModel", "UNet2DModel", **unet, down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"), attention_head_dim=4)
    add("UNet2DModel-fourier", "UNet2DModel", **unet, down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"), attention_head_dim=4, time_embedding_type="fourier")
    add("AutoencoderKL", "AutoencoderKL", in_channels=3, out_channels=3, down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
        block_out_channels=(16, 32), layers_per_block=1, latent_channels=4, norm_num_groups=8)
    add("FluxTransformer2DModel", "FluxTransformer2DModel", patch_size=1, in_channels=16, num_layers=2, num_single_layers=2, attention_head_dim=8, num_attention_heads=4,
        joint_attention_dim=24, pooled_projection_dim=20, guidance_embeds=True, axes_dims_rope=(2, 2, 4))
    add("SD3Transformer2DModel", "SD3Transformer2DModel", sample_size=16, patch_size=2, in_channels=4, num_layers=3, attention_head_dim=8, num_attention_heads=4, joint_attention_dim=24,
        caption_projection_dim=32, pooled_projection_dim=20, out_channels=4, pos_embed_max_size=12, qk_norm="rms_norm", dual_attention_layers=(0,))
    add("DiTTransformer2DModel", "DiTTransformer2DModel", num_attention_heads=4, attention_head_dim=8, in_channels=4, num_layers=2, sample_size=16, patch_size=2, num_embeds_ada_norm=11)
    add("PixArtTransformer2DModel", "PixArtTransformer2DModel", num_attention_heads=4, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2, cross_attention_dim=32, sample_size=16,
        patch_size=2, caption_channels=24)
    return models


def adapters():
    """name: (class of peft's configuration, settings), all over a small LLaMA."""
    modules = dict(target_modules=["q_proj", "v_proj"])
    return {
        "lora": ("LoraConfig", dict(modules, r=6, lora_alpha=12)),
        "lora-embedding": ("LoraConfig", dict(target_modules=["embed_tokens", "o_proj"], r=6, lora_bias=False)),
        "lora-dora": ("LoraConfig", dict(modules, r=6, use_dora=True)),
        "lora-gaussian": ("LoraConfig", dict(modules, r=6, init_lora_weights="gaussian")),
        "lora-false": ("LoraConfig", dict(modules, r=6, init_lora_weights=False)),
        "lora-embedding-false": ("LoraConfig", dict(target_modules=["embed_tokens"], r=6, init_lora_weights=False)),
        "lora-bias": ("LoraConfig", dict(modules, r=6, lora_bias=True)),
        "adalora": ("AdaLoraConfig", dict(modules, init_r=6, target_r=4, total_step=10)),
        "adalora-false": ("AdaLoraConfig", dict(modules, init_r=6, target_r=4, total_step=10, init_lora_weights=False)),
        "ia3": ("IA3Config", dict(target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"])),
        "ia3-false": ("IA3Config", dict(target_modules=["k_proj", "down_proj"], feedforward_modules=["down_proj"], init_ia3_weights=False)),
        "loha": ("LoHaConfig", dict(modules, r=6)),
        "loha-false": ("LoHaConfig", dict(modules, r=6, init_weights=False)),
        "lokr": ("LoKrConfig", dict(modules, r=3)),
        "lokr-both": ("LoKrConfig", dict(modules, r=1, decompose_both=True)),
        "lokr-false": ("LoKrConfig", dict(modules, r=3, init_weights=False)),
        "lokr-lycoris": ("LoKrConfig", dict(modules, r=3, init_weights="lycoris")),
        "oft": ("OFTConfig", dict(modules, oft_block_size=4)),
        "oft-false": ("OFTConfig", dict(modules, oft_block_size=4, init_weights=False)),
        "boft": ("BOFTConfig", dict(modules, boft_block_size=4)),
        "boft-false": ("BOFTConfig", dict(modules, boft_block_size=4, init_weights=False)),
        "vera": ("VeraConfig", dict(target_modules=["q_proj", "o_proj"], r=6)),
        "vera-false": ("VeraConfig", dict(target_modules=["q_proj", "o_proj"], r=6, init_weights=False)),
        "fourierft": ("FourierFTConfig", dict(modules, n_frequency=40)),
        "fourierft-zero": ("FourierFTConfig", dict(modules, n_frequency=40, init_weights=True)),
        "vblora": ("VBLoRAConfig", dict(modules, num_vectors=12, vector_length=4, r=4)),
        "ln_tuning": ("LNTuningConfig", dict(target_modules=["input_layernorm"])),
        "miss": ("MissConfig", dict(modules, r=4)),
        "miss-false": ("MissConfig", dict(modules, r=4, init_weights=False)),
        "prompt_tuning": ("PromptTuningConfig", dict(num_virtual_tokens=5, task_type="CAUSAL_LM", prompt_tuning_init="RANDOM")),
        "prefix_tuning": ("PrefixTuningConfig", dict(num_virtual_tokens=5, task_type="CAUSAL_LM")),
    }


# What belongs to the model that an adapter is for: random in the library, and nothing that an adapter's recipe could make.
OF_THE_MODEL_BELOW = ("lora_magnitude_vector", "base_layer.weight")


def save(name, folder):
    """Makes the model as its constructor does, and saves it as its library does."""
    if name in transformers_models():
        import transformers
        cls, settings = transformers_models()[name]
        cls = getattr(transformers, cls)
        model = cls(cls.config_class(**settings))
    elif name in diffusers_models():
        import diffusers
        cls, settings = diffusers_models()[name]
        model = getattr(diffusers, cls)(**settings)
    else:
        import peft
        import transformers
        cls, settings = adapters()[name]
        base = transformers.LlamaForCausalLM(transformers.LlamaConfig(**DECODER))
        model = peft.get_peft_model(base, getattr(peft, cls)(**settings))
    model.save_pretrained(folder)
    return model


def all_names():
    return [*transformers_models(), *diffusers_models(), *adapters()]
