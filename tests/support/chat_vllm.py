"""A small Qwen3 whose weights mean nothing: what it says is nonsense, in the form that it is held to."""

import json
import random
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

CHAT = "tiny/qwen3"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
HEAD = 64
SEED = 9
"""With these dice it names passages rather than none."""


@dataclass(frozen=True)
class Size:
    """How large it is; each layer's numbers are smaller than those of the layer before by ``fading``."""

    width: int = 64
    heads: int = 2
    layers: int = 2
    fading: float = 1.0


SMALL = Size()


def make_chat_weights(folder: Path, text: str, size: Size = SMALL) -> Path:
    """Write a chat model into a folder, and tokens learnt from ``text``: prompts in its words are short."""
    tokens = Tokenizer(models.BPE())
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    tokens.train_from_iterator(
        [text],
        trainers.BpeTrainer(
            vocab_size=1_000, special_tokens=SPECIAL, initial_alphabet=letters, show_progress=False
        ),
    )
    tokens.save(str(folder / "tokenizer.json"))
    words = tokens.get_vocab_size()
    about = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": SPECIAL[2], "pad_token": SPECIAL[0]}
    _write(folder / "tokenizer_config.json", about | {"chat_template": TEMPLATE})
    _write(folder / "config.json", _config(words, size))
    (folder / "model.safetensors").write_bytes(_weights(_shapes(words, size), size.fading))
    return folder


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document), "utf-8")


def _config(words: int, size: Size) -> dict[str, Any]:
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "dtype": "float32",
        "vocab_size": words,
        "hidden_size": size.width,
        "intermediate_size": 2 * size.width,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": 1,
        "head_dim": HEAD,
        "max_position_embeddings": 8_192,
        "tie_word_embeddings": True,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }


def _shapes(words: int, size: Size) -> dict[str, list[int]]:
    width, inner = size.width, 2 * size.width
    layer = {
        "input_layernorm": [width],
        "post_attention_layernorm": [width],
        "self_attn.q_proj": [size.heads * HEAD, width],
        "self_attn.k_proj": [HEAD, width],
        "self_attn.v_proj": [HEAD, width],
        "self_attn.o_proj": [width, size.heads * HEAD],
        "self_attn.q_norm": [HEAD],
        "self_attn.k_norm": [HEAD],
        "mlp.gate_proj": [inner, width],
        "mlp.up_proj": [inner, width],
        "mlp.down_proj": [width, inner],
    }
    layers = {f"layers.{n}.{name}": shape for n in range(size.layers) for name, shape in layer.items()}
    whole = {"embed_tokens": [words, width], **layers, "norm": [width]}
    return {f"model.{name}.weight": shape for name, shape in whole.items()}


def _weights(shapes: dict[str, list[int]], fading: float) -> bytes:
    """Return dice in the format of safetensors: the header's length, the header, the numbers."""
    dice, header, body = random.Random(SEED), {}, bytearray()
    for name, shape in shapes.items():
        spread = 0.4 * fading ** _layer(name)
        size = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = [1.0] * size if len(shape) == 1 else [dice.gauss(0, spread) for _ in range(size)]
        start = len(body)
        body += array("f", values).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [start, len(body)]}
    head = json.dumps(header).encode()
    return len(head).to_bytes(8, "little") + head + body


def _layer(name: str) -> int:
    """Return the number of the layer in which a weight is; 0 for what is outside of them."""
    return int(name.split(".")[2]) if name.startswith("model.layers.") else 0
