"""Pairs of texts as a judging model reads them, the same where it is trained and where it is asked."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from shared.kernel.errors import InvalidInput

LONGEST = 256


class PairTokens:
    """Writes two texts as one row of tokens: ``[CLS] first [SEP] second [SEP]``, the second cut to fit.

    What looks like a special token in a text stays text. ``tokenizer`` is the file ``tokenizer.json`` of the model.
    """

    def __init__(self, tokenizer: Path, longest: int = LONGEST) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._begin, self._end = (self._tokenizer.token_to_id(token) or 0 for token in ("[CLS]", "[SEP]"))
        self._longest = longest

    def of(self, pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
        """Return a row of token ids for each pair. Raises InvalidInput for a first text that alone is too long."""
        firsts = self._tokenizer.encode_batch_fast([first for first, _ in pairs], add_special_tokens=False)
        seconds = self._tokenizer.encode_batch_fast([second for _, second in pairs], add_special_tokens=False)
        rows: list[list[int]] = []
        for first, second in zip(firsts, seconds, strict=True):
            room = self._longest - len(first.ids) - 3
            if room <= 0:
                raise InvalidInput(f"a text of more than {self._longest - 4} tokens cannot be asked about.")
            rows.append([self._begin, *first.ids, self._end, *second.ids[:room], self._end])
        return rows
