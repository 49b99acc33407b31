"""The items of one sentence in, its drafts of figures out.

The walk goes over the items once. At every number it looks at the words since the number before it, at the words that
follow, and at what the sentence (and the two before it) has told; a bracket is walked on a level of its own, below
the figure or the noun it explains. A number whose words are left out repeats the figure before it; 分别 and 各 hand
the words of a list out one by one; 未收到 and its like are zeros with the objects they govern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extractors.figures.clause import Item, Kind
from extractors.figures.match import Match, Surroundings, find_match, head_of
from extractors.figures.tense import Tense, find_tense, scope_of_year
from extractors.numerals import Number
from schemas.indicators import NEW_MEDIA_CHANNELS, load_codebook
from schemas.records import Change, Period, Qualifier

_RATIOS = ("%", "倍", "个百分点", "百分点")
_HISTORY = 80
_NEAR_SENTENCES = 1
_TOPIC_SENTENCES = 4
_LATER = 12
_REACH = 120  # words ahead that are looked through: lists without a full stop can be as long as a page
_ENDINGS = frozenset(("@close", "@reply"))  # what was answered is another count than what came in
_ARTICLES = ("一个", "一项", "一种", "一类", "一条", "一件")
_BOUNDS = ("前", "以前", "之前")
_RECENT = 30
_PLACES = ("bulletin_board", "weibo", "wechat", "new_media", "app")


@dataclass(slots=True)
class Draft:
    """A figure before its whole is known. `start` and `end` are flat offsets; `below` is the figure it explains."""

    indicator: str | None
    value: Decimal
    unit: str | None
    qualifier: Qualifier
    channel: str | None
    period: Period
    change: Change | None
    start: int
    end: int
    below: Draft | None = None
    is_share: bool = False
    whole_words: tuple[Item, ...] = ()
    sentence: int = 0
    is_bare: bool = False
    place: str | None = None
    has_verb: bool = False


@dataclass(slots=True)
class _Level:
    pending: list[Item] = field(default_factory=list)
    last: Draft | None = None
    whole: Draft | None = None
    scope: Period | None = None
    around: Surroundings = field(default_factory=Surroundings)
    shared: Draft | None = None
    first: Draft | None = None


@dataclass(slots=True)
class Memory:
    """What was told before: words for elided elements, and the last figure."""

    words: list[Item] = field(default_factory=list)
    told_in: list[int] = field(default_factory=list)
    last: Draft | None = None
    top: Draft | None = None
    drafts: list[Draft] = field(default_factory=list)
    sentence: int = 0

    def remember(self, words: Sequence[Item]) -> None:
        """Keep the words a later phrase may lean on."""
        kept = [item for item in words if item.features]
        self.words.extend(kept)
        self.told_in.extend([self.sentence] * len(kept))
        del self.words[:-_HISTORY], self.told_in[:-_HISTORY]

    def recall(self) -> tuple[Item, ...]:
        """Words of this sentence and the one before; of a few more those that make a topic."""
        lasting = load_codebook().lasting
        return tuple(
            item
            for item, sentence in zip(self.words, self.told_in, strict=True)
            if self.sentence - sentence <= _NEAR_SENTENCES
            or (self.sentence - sentence <= _TOPIC_SENTENCES and not item.features.isdisjoint(lasting))
        )


class Walk:
    """One sentence being read. `drafts` fill in order of the text."""

    def __init__(self, items: tuple[Item, ...], memory: Memory, year: int | None) -> None:
        self.items = items
        self.memory = memory
        self.year = year
        self.drafts: list[Draft] = []
        self.levels = [_Level()]
        self.position = 0
        self.is_plan = False
        self.is_aside = False
        self.is_until = False
        self.blocked = -1
        self.used: set[int] = set()

    def run(self) -> list[Draft]:
        """Walk to the end."""
        handlers = {
            Kind.WORD: self._word,
            Kind.NUMBER: self._number,
            Kind.YEAR: self._year,
            Kind.COMMA: self._mark,
            Kind.LIST: self._mark,
            Kind.SEMICOLON: self._semicolon,
            Kind.OPEN: self._open,
            Kind.CLOSE: self._close,
            Kind.COLON: self._colon,
        }
        while self.position < len(self.items):
            item = self.items[self.position]
            if id(item) not in self.used:
                handlers[item.kind](item)
            self.position += 1
        if not any(item.text == "\t" for item in self.items):  # rows of a list told with tabs are one sentence
            self.memory.sentence += 1
        self._look_ahead()
        self.memory.drafts = self.drafts
        self.memory.top = next((draft for draft in self.drafts if draft.indicator and draft.change is None), None)
        return self.drafts

    def _look_ahead(self) -> None:
        """较上年的31件，今年收到申请93件: an older level told first is the next figure's."""
        following: Draft | None = None
        for draft in reversed(self.drafts):
            if draft.indicator is not None:
                following = draft
            elif draft.is_bare and following is not None and following.unit == draft.unit:
                wholes = load_codebook().indicators[following.indicator or ""].wholes
                is_older = draft.period is Period.PREVIOUS
                draft.indicator = following.indicator if is_older else next(iter(wholes), None)
                draft.channel = following.channel if is_older else None

    @property
    def level(self) -> _Level:
        """The innermost open bracket, or the sentence."""
        return self.levels[-1]

    # marks

    def _mark(self, item: Item) -> None:
        self.level.pending.append(item)

    def _colon(self, item: Item) -> None:
        """What stands before a colon names what follows; what is announced by 如下 does not."""
        if self.items[self.position - 1].text.endswith("如下"):
            self.level.pending.clear()

    def _semicolon(self, item: Item) -> None:
        self.level.pending.clear()
        if len(self.levels) == 1:
            self.level.scope = None

    def _open(self, item: Item) -> None:
        below = None
        if not any(word.is_content or word.is_foreign for word in self._near(self.level)):
            below = self.level.last
        self.levels.append(_Level(last=below or self.level.last, whole=below, scope=self.level.scope))

    def _close(self, item: Item) -> None:
        if len(self.levels) == 1:
            return
        inner = self.levels.pop()
        if inner.first is None:
            self.level.pending.extend(inner.pending)
            return
        if inner.whole is None and inner.first is not None:
            self.level.last = inner.first
            self.level.pending.clear()

    def _year(self, item: Item) -> None:
        following = self.items[self.position + 1 : self.position + 2]
        if any(word.text in _BOUNDS for word in following):
            return
        compared = any(word.has("compared") for word in self.level.pending[-3:])
        if not compared:
            scope, is_later = scope_of_year(item, self.items, self.position, self.year)
            self.level.scope = scope
            self.is_plan = is_later and not _has_content(self.items[max(0, self.position - 2) : self.position])
        self.level.pending.append(item)

    def _word(self, item: Item) -> None:
        level = self.level
        if item.has("plan"):
            self.is_plan = True
        if item.has("until"):
            self.is_until = True
        if item.has("aside"):
            self.is_aside = True
        if item.has("whole") and (level.last or self.memory.last):
            level.whole = level.last or self.memory.last
        if item.has("cumulative") and not any(
            word.year is not None and word.year == self.year for word in level.pending
        ):
            level.scope = Period.CUMULATIVE
        if (item.has("none") or item.has("zero")) and self._none(item):
            return
        level.pending.append(item)
        self.memory.remember((item,))

    # numbers

    def _number(self, item: Item) -> None:
        level = self.level
        number = item.number
        if number is None:
            return
        near, far = self._near(level), self._far(level)
        if self._is_out(near) or self._is_distributed(near, number) or self._is_article(number):
            level.pending[:] = [word for word in level.pending if not word.has("dropped")]
            self.blocked = number.end
            return
        run = self._respective()
        if run:
            self._align(run)
            return
        each = self._each(near)
        if each:
            for words in each:
                self._draft(number, self._around(tuple(words), far, ()), near + far)
            level.pending.clear()
            return
        if len(self.levels) > 1 and not _has_content(near) and not _has_content(far):
            outer = self.levels[-2]
            near, far = self._near(outer) + near, self._far(outer)
        around = self._around(near, far, self._after())
        if number.unit != "%" and any(word.has("share") for word in near) and level.last is not None:
            self._whole_of_share(number, around, level.last)
        else:
            self._draft(number, around, far + near)
            level.shared = None
        level.around = around if _has_content(around.near) else level.around
        level.pending.clear()

    def _whole_of_share(self, number: Number, around: Surroundings, part: Draft) -> None:
        """占总量80件的75%: the whole, between its part and the part's share."""
        told = find_match(Surroundings(_after_share(around.near), (), (), ()), number.unit)
        wholes = load_codebook().indicators[part.indicator].wholes if part.indicator else ()
        indicator = told.indicator if told else next(iter(wholes), None)
        draft = Draft(
            indicator,
            abs(number.value),
            number.unit,
            number.qualifier,
            None,
            Period.CURRENT,
            None,
            number.start,
            number.end,
            sentence=self.memory.sentence,
        )
        self.drafts.append(draft)
        self.level.shared = part

    def _is_out(self, near: tuple[Item, ...]) -> bool:
        if self.is_plan or any(word.has("duty") for word in near):
            return True
        dropped = max((index for index, word in enumerate(near) if word.has("dropped")), default=-1)
        return dropped >= 0 and not any(word.text == "后" for word in near[dropped:])

    def _is_distributed(self, near: tuple[Item, ...], number: Number) -> bool:
        """各确定1名: so many for each, no total."""
        return number.value == 1 and any(word.has("each") for word in near)

    def _is_article(self, number: Number) -> bool:
        """一个政务新媒体: no count, the indefinite article."""
        following = self.items[self.position + 1 : self.position + 2]
        return number.text in _ARTICLES and any(item.start == number.end for item in following)

    def _draft(self, number: Number, around: Surroundings, sequence: tuple[Item, ...]) -> None:
        level = self.level
        following = self.items[self.position + 1 : self.position + 4]
        tense = find_tense(sequence, number, following, level.scope, self.year, self.is_until)
        indicator, source, words = self._indicator(number, around, tense)
        is_bare = head_of(around.near) is None and head_of(around.far) is None and not around.after
        if number.unit in _RATIOS and indicator and not self._is_ratio_of(indicator, tense, around, number):
            indicator = None
        is_rate = indicator is not None and "%" in load_codebook().indicators[indicator].measure_words
        if not is_rate and _is_of(number, self.items[self.position + 1 : self.position + 2]):
            indicator = None
        if self.is_aside and (number.unit == "%" or (indicator or "").startswith("disclosed.")):
            indicator = None
        channel = self._channel(indicator, around, source, words)
        draft = Draft(
            indicator,
            abs(number.value),
            number.unit,
            number.qualifier,
            channel,
            tense.period,
            tense.change,
            number.start,
            number.end,
            level.whole,
            _is_share((*around.far, *around.near), number),
            _after_share(around.near),
            self.memory.sentence,
            is_bare,
            _one(_channels(tuple(words))),
            any("@publish" in item.features for item in around.near),
        )
        self._keep(draft, words)

    def _keep(self, draft: Draft, words: frozenset[Item]) -> None:
        self.drafts.append(draft)
        if draft.indicator is not None:
            self.level.last = draft
            self.level.first = self.level.first or draft
            self.memory.last = draft
        taken = self._taken(words)
        self.used.update(id(item) for item in taken)
        self.memory.remember(taken)

    def _taken(self, words: frozenset[Item]) -> list[Item]:
        """Words right behind the number that told what it counts: they tell nothing of the next number."""
        taken: list[Item] = []
        for item in self.items[self.position + 1 :]:
            if item.kind is not Kind.WORD:
                break
            taken.append(item)
        rest = self.items[self.position + 1 + len(taken) : self.position + 2 + len(taken)]
        is_closed = not rest or rest[0].kind in (Kind.LIST, Kind.COMMA)
        while taken and taken[-1] not in words:
            taken.pop()
        if is_closed:
            return taken
        taken = list(taken[: next((index for index, item in enumerate(taken) if _is_verb(item)), len(taken))])
        return [item for item in taken if not item.features or item in words]

    def _is_ratio_of(self, indicator: str, tense: Tense, around: Surroundings, number: Number) -> bool:
        entry = load_codebook().indicators[indicator]
        if tense.change is not None or number.unit in entry.measure_words or self.level.shared is not None:
            return True
        can_be_part = bool(entry.wholes or entry.channels) or self.level.whole is not None or "成" in number.text
        return can_be_part and _is_share((*around.far, *around.near), number)

    def _indicator(
        self, number: Number, around: Surroundings, tense: Tense
    ) -> tuple[str | None, Draft | None, frozenset[Item]]:
        """The indicator with its source: the figure it repeats, or the words that tell it."""
        ratio = number.unit in _RATIOS
        if self.level.shared is not None and ratio:
            return self.level.shared.indicator, self.level.shared, frozenset()
        narrow = around
        if ratio or tense.change is not None:
            narrow = Surroundings(_before_cue(around.near), around.far, (), around.earlier)
        divided = self._divided_by_channel(narrow, number)
        if divided is not None:
            return divided, None, frozenset()
        match = self._match_rate(around, number) or self._match(narrow, number.unit, any_unit=ratio)
        match = match or self._match_again(narrow, number)
        if match is not None:
            return match.indicator, None, match.words
        return self._elided(narrow, number, tense)

    def _match_again(self, around: Surroundings, number: Number) -> Match | None:
        """40期、12万册: the words of the number before, counted in another unit."""
        last = self._last()
        if number.unit in _RATIOS or last is None or last.unit == number.unit:
            return None
        if _has_content((*around.near, *around.far)):
            return None
        return self._match(replace(self.level.around, after=around.after), number.unit, any_unit=False)

    def _elided(
        self, around: Surroundings, number: Number, tense: Tense
    ) -> tuple[str | None, Draft | None, frozenset[Item]]:
        """A number whose words are left out: the sum of its parts, or the figure before it once more."""
        total = self._sum(around, number)
        if total is not None or self._follows_null(number):
            return total, None, frozenset()
        last = self._last()
        if last is not None and last.sentence != self.memory.sentence and self.memory.top is not None:
            last = self.memory.top
        if last is not None and self._repeats(around, number, tense, last):
            return last.indicator, last, frozenset()
        return None, None, frozenset()

    def _last(self) -> Draft | None:
        outer = self.levels[-2].last if len(self.levels) > 1 else None
        return self.level.last or outer or self.memory.last

    def _divided_by_channel(self, around: Surroundings, number: Number) -> str | None:
        """其中网站30条: a channel alone under a whole that has channels tells a part of the same kind."""
        whole = self.level.whole
        if whole is None or whole.indicator is None or whole.unit != number.unit or around.after:
            return None
        words = [item for item in (*around.near, *around.far) if item.is_content or item.is_foreign]
        channels = load_codebook().indicators[whole.indicator].channels
        if not words or any(_channels((item,)).isdisjoint(channels) for item in words):
            return None
        return whole.indicator

    def _match_rate(self, around: Surroundings, number: Number) -> Match | None:
        """An indicator that is itself a rate, told anywhere before the number (权重占5%)."""
        return find_match(around, number.unit) if number.unit == "%" else None

    def _match(self, around: Surroundings, unit: str | None, any_unit: bool) -> Match | None:
        head = head_of(around.near)
        plain = Surroundings(around.near, around.far, (), around.earlier)
        alone = None if head is not None and head.is_foreign else find_match(plain, unit, any_unit)
        if head is None and (far := head_of(around.far)) is not None and far.is_foreign:
            alone = None
        if not around.after:
            return alone
        if alone and head is not None and _is_counted(head, alone) and around.near[-1] is head:
            return alone
        first = around.after[0]
        if first.is_foreign and not (around.near and around.near[-1].has("about")):
            return None if alone is None or head is None or _is_verb(head) else alone
        counted = _nouns_behind(around.after)
        both = find_match(around, unit, any_unit, counted=counted)
        if both is None or (head is not None and head.is_foreign and first not in both.words):
            return alone
        return both if alone is None or both.score > alone.score else alone

    def _follows_null(self, number: Number) -> bool:
        """Whether the number before it in the clause counts something outside the codebook."""
        told_until = self.drafts[-1].end if self.drafts else -1
        if self.blocked > told_until:
            return number.unit in _RATIOS
        if not self.drafts or self.drafts[-1].indicator is not None or self.drafts[-1].is_bare:
            return False
        return not any(item.kind in (Kind.SEMICOLON, Kind.CLOSE) for item in self._since(self.drafts[-1].end))

    def _since(self, start: int) -> list[Item]:
        return [item for item in self.items[: self.position] if item.start >= start]

    def _sum(self, around: Surroundings, number: Number) -> str | None:
        """合计19件 after the parts that add up to it: their common whole."""
        if not any(item.has("sum") for item in around.near) or _has_content(around.near):
            return None
        total = Decimal(0)
        common: list[str] = []
        for draft in reversed(self.drafts):
            if draft.indicator is None or draft.unit != number.unit or draft.change is not None:
                return None
            wholes = load_codebook().indicators[draft.indicator].wholes
            common = [whole for whole in common if whole in wholes] if common else list(wholes)
            if not common:
                return None
            total += draft.value
            if total >= number.value:
                break
        return common[0] if common and total == number.value else None

    def _repeats(self, around: Surroundings, number: Number, tense: Tense, last: Draft) -> bool:
        words = (*around.near, *around.far)
        if any(item.is_foreign for item in words) or (around.after and around.after[0].is_foreign):
            return False
        if any(not item.features.isdisjoint(_ENDINGS) for item in around.near):
            return False
        by_body = self.level.whole is not None and last.unit == number.unit
        if any(item.is_content and not _is_verb(item) and not (by_body and _is_body(item)) for item in words):
            return False
        if number.unit in _RATIOS:
            return True
        if last.sentence != self.memory.sentence and tense.change is None and tense.period is Period.CURRENT:
            return False
        return number.unit is None or number.unit == last.unit or last.unit is None

    # words around a number

    def _near(self, level: _Level) -> tuple[Item, ...]:
        return tuple(level.pending[_after_last_comma(level.pending) :])

    def _far(self, level: _Level) -> tuple[Item, ...]:
        """The nearest clause with content among those before the last comma, up to that comma."""
        before = level.pending[: _after_last_comma(level.pending)]
        start = len(before)
        while start > 0 and not _has_content(before[start:]):
            start = _after_last_comma(before[: start - 1])
        return tuple(before[start:])

    def _around(self, near: tuple[Item, ...], far: tuple[Item, ...], after: tuple[Item, ...]) -> Surroundings:
        near = tuple(item for item in near if item.kind is Kind.WORD)
        far = tuple(item for item in far if item.kind is Kind.WORD)
        earlier = (*reversed(self._ahead()), *self.memory.recall())
        if _has_content(near):
            return Surroundings(near, (), after, earlier)
        return Surroundings(near, far, after, earlier)

    def _ahead(self) -> list[Item]:
        """Words of the same clause that tell its topic only after the number."""
        ahead: list[Item] = []
        book = load_codebook()
        is_about = self.position > 0 and self.items[self.position - 1].has("about")
        for item in self.items[self.position + 1 : self.position + 1 + _REACH]:
            if item.kind is Kind.SEMICOLON or len(ahead) == _LATER:
                break
            topics = item.features & (book.ahead | {"@inspection"} if is_about else book.ahead)
            if topics:
                ahead.append(replace(item, features=topics))
        return ahead

    def _after(self) -> tuple[Item, ...]:
        words = []
        for item in self.items[self.position + 1 :]:
            if item.kind is not Kind.WORD:
                break
            words.append(item)
        if words and not (words[0].features or words[0].is_foreign):
            while words and not (words[0].is_content or words[0].is_foreign):
                words.pop(0)
        if len(words) > 1 and words[1].start == words[0].end and _is_body(words[0]) and _is_noun(words[1]):
            words[0] = replace(words[0], features=frozenset(), is_foreign=True, is_content=False)
        return tuple(words)

    # lists

    def _each(self, near: tuple[Item, ...]) -> list[list[Item]]:
        if not near or not near[-1].has("each"):
            return []
        chunks = _chunks(near[:-1])
        return chunks if len(chunks) > 1 else []

    def _respective(self) -> list[int]:
        """Positions of the numbers that a 分别 before them hands out, at least two."""
        if not any(item.has("respectively") for item in self.level.pending):
            return []
        positions = [self.position]
        for position in range(self.position + 1, len(self.items)):
            item = self.items[position]
            if item.kind is Kind.NUMBER:
                positions.append(position)
            elif not self._runs_on(item, position):
                break
        return positions if len(positions) > 1 else []

    def _runs_on(self, item: Item, position: int) -> bool:
        """Whether a list of numbers may go on after `item`: after 、, a filler, or a comma before a number."""
        if item.kind is Kind.COMMA:
            return any(other.kind is Kind.NUMBER for other in self.items[position + 1 : position + 2])
        if item.kind is Kind.WORD:
            return not (item.is_content or item.is_foreign)
        return item.kind is Kind.LIST

    def _align(self, positions: list[int]) -> None:
        pending = self.level.pending
        split = max(index for index, item in enumerate(pending) if item.has("respectively"))
        before, tail = pending[:split], tuple(pending[split + 1 :])
        numbers = [number for position in positions if (number := self.items[position].number) is not None]
        unit = numbers[-1].unit
        chunks = _chunks(_last_list(before, len(numbers)))
        previous = [draft for draft in self.drafts if draft.indicator and draft.unit not in _RATIOS]
        if len(previous) < len(numbers):
            previous = [draft for draft in self.memory.drafts if draft.indicator and draft.unit not in _RATIOS]
        if len(chunks) == len(numbers):
            common = tuple(chunks[-1])
            for number, chunk in zip(numbers, chunks, strict=True):
                self._draft_in_list(replace(number, unit=number.unit or unit), tuple(chunk), common, tail)
        elif (
            len(previous) >= len(numbers)
            and chunks
            and _has_content(chunks[-1])
            and not any(item.has("share") for item in tail)
        ):
            around = self._around(tuple(chunks[-1]), (), ())
            match = self._match(around, numbers[-1].unit, any_unit=False)
            for number, draft in zip(numbers, previous[-len(numbers) :], strict=True):
                told = replace(draft, indicator=match.indicator if match else draft.indicator)
                self._draft_of(replace(number, unit=number.unit or unit), told, tuple(pending))
        elif len(previous) >= len(numbers):
            for number, draft in zip(numbers, previous[-len(numbers) :], strict=True):
                own = [item for item in self._between(positions) if item.end <= number.start]
                self._draft_of(replace(number, unit=number.unit or unit), draft, (*pending, *own))
        pending.clear()
        self.position = positions[-1]

    def _between(self, positions: list[int]) -> list[Item]:
        return [item for item in self.items[positions[0] : positions[-1]] if item.kind is Kind.WORD]

    def _draft_in_list(
        self, number: Number, chunk: tuple[Item, ...], common: tuple[Item, ...], tail: tuple[Item, ...]
    ) -> None:
        near = (*chunk, *tail)
        around = self._around(near, (), ())
        around = Surroundings(around.near, (), (), (*self.memory.recall(), *(item for item in common if item.features)))
        self._draft(number, around, near)

    def _draft_of(self, number: Number, draft: Draft, sequence: tuple[Item, ...]) -> None:
        tense = find_tense(sequence, number, (), self.level.scope, self.year)
        self._keep(
            Draft(
                draft.indicator,
                abs(number.value),
                number.unit,
                number.qualifier,
                draft.channel,
                tense.period,
                tense.change,
                number.start,
                number.end,
                draft.below,
                number.unit == "%" and tense.change is None,
                (),
                self.memory.sentence,
            ),
            frozenset(),
        )

    # channels

    def _channel(
        self, indicator: str | None, around: Surroundings, source: Draft | None, words: frozenset[Item]
    ) -> str | None:
        allowed = load_codebook().indicators[indicator].channels if indicator else frozenset()
        if not allowed:
            return None
        if source is not None and source.indicator == indicator and not _channels(around.near):
            return source.channel
        behind = tuple(item for item in around.after if item in words)
        since = tuple(item for item in self._far(self.level) if item.kind is Kind.WORD)
        for told in (around.near, behind, around.far, since):
            found = self._named_channels(told) & allowed
            if found:
                return _one(found)
        return self._inherited_channel(indicator or "", allowed, around)

    def _named_channels(self, words: tuple[Item, ...]) -> frozenset[str]:
        """The channel named last, with those joined to it by 、 or 和."""
        named = [item for item in words if _channels((item,))]
        if named and self._is_joined(named[0]):
            return frozenset(load_codebook().channels)
        found: list[Item] = named[-1:]
        for item in reversed(named[:-1]):
            between = [other for other in self.items if item.end <= other.start < found[-1].start]
            if not any(other.kind is Kind.LIST for other in between):
                break
            found.append(item)
        return _channels(found)

    def _is_joined(self, channel: Item) -> bool:
        """Whether a name we do not know is joined to the channel: 在“某某在线”和其他平台."""
        before = [item for item in self.items if item.end <= channel.start][-2:]
        if len(before) < 2 or before[1].kind is not Kind.LIST or before[0].kind is not Kind.WORD:
            return False
        return before[0].text in ("在线", "发布") or before[0].is_foreign

    def _inherited_channel(self, indicator: str, allowed: frozenset[str], around: Surroundings) -> str | None:
        if allowed != frozenset(load_codebook().channels):
            return self._only_channel(allowed)
        if self.level.whole is not None and self.level.whole.channel in allowed:
            return self.level.whole.channel
        last = self.level.last
        if last is None or last.sentence != self.memory.sentence:
            return None
        between = [item for item in self.items[: self.position] if last.end <= item.start]
        if any(item.kind is Kind.SEMICOLON for item in between):
            return None
        if last.place in _PLACES or (last.indicator or "").startswith(("websites.columns", "websites.visit")):
            return last.place or self._only_channel(frozenset({"website"}))
        if last.channel not in allowed or any(item.has("total") for item in around.near):
            return None
        is_listed = bool(between) and between[0].kind is Kind.LIST
        same_kind = (last.indicator or "").partition(".")[0] == indicator.partition(".")[0]
        return last.channel if is_listed or same_kind else None

    def _only_channel(self, allowed: frozenset[str]) -> str | None:
        """The channel told last among the few an indicator can have; a library before the reading points near it."""
        preferred = allowed & {"library_archive"} if allowed.isdisjoint(NEW_MEDIA_CHANNELS) else frozenset()
        for wanted in (preferred, allowed):
            for item in reversed(self.memory.words[-_RECENT:]):
                found = _channels((item,)) & wanted
                if found:
                    return _one(found)
        return None

    # zeros

    def _none(self, cue: Item) -> bool:
        """Zeros told by a word such as 未收到; False when it governs nothing the codebook knows."""
        objects: list[Item] = []
        for item in self.items[self.position + 1 :]:
            if item.kind is Kind.NUMBER:
                return False
            if item.kind not in (Kind.WORD, Kind.LIST):
                break
            objects.append(item)
        implied = _implied(cue)
        found = self._none_of(objects, implied, cue)
        if not found:
            found = self._none_of(list(self._near(self.level)), implied, cue)
        if not found and not objects and not _has_content(self._near(self.level)):
            found = self._none_of(_last_clause(self._far(self.level)), implied, cue)
        if not found and implied:
            found = self._none_of(implied, [], cue)
        if not found or self.is_plan:
            return False
        zero = Number(Decimal(0), None, Qualifier.EXACT, cue.text, cue.start, cue.end)
        tense = find_tense(tuple(self.level.pending), zero, (), self.level.scope, self.year)
        for indicator in found:
            draft = Draft(indicator, Decimal(0), None, Qualifier.EXACT, None, tense.period, None, cue.start, cue.end)
            draft.sentence = self.memory.sentence
            self.drafts.append(draft)
        self.level.pending.clear()
        self.memory.remember(objects)
        self.used.update(id(item) for item in objects)
        return True

    def _none_of(self, objects: list[Item], implied: list[Item], cue: Item) -> list[str]:
        indicators: list[str] = []
        is_weak = cue.has("weak_none")
        for chunk in _chunks(objects):
            if is_weak and any(item.is_foreign for item in chunk):
                continue
            around = Surroundings((*implied, *chunk), (), (), self.memory.recall())
            head = head_of([item for item in chunk if not item.has("generic")])
            match = find_match(around, None, only="none") if chunk and (head is None or not head.is_foreign) else None
            if match is not None and match.indicator not in indicators and (head is None or head in match.words):
                indicators.append(match.indicator)
        proper = [indicator for indicator in indicators if ".applicant." not in indicator]
        return proper or indicators


def _is_counted(head: Item, match: Match) -> bool:
    """Whether the word before the number is its noun: 政策解读 in 政策解读20篇, not 其他 in 其他20篇."""
    return head in match.words and not _is_verb(head) and not head.has("rest")


def _is_body(item: Item) -> bool:
    return "@body" in item.features


def _is_noun(item: Item) -> bool:
    return item.is_foreign or (item.is_content and not _is_verb(item))


def _nouns_behind(after: Sequence[Item]) -> tuple[Item, ...]:
    """The nouns that stand together right behind a number: it counts one of them."""
    nouns: list[Item] = []
    for item in after:
        if not item.is_content or _is_verb(item) or (nouns and nouns[-1].end != item.start):
            break
        nouns.append(item)
    return tuple(nouns)


def _implied(cue: Item) -> list[Item]:
    """The verb inside 未收到, 没有收取: a word of its own."""
    book = load_codebook()
    for prefix in ("没有", "暂未", "从未", "未曾", "尚未", "均未", "未予", "未", "不"):
        verb = cue.text.removeprefix(prefix).removesuffix("过")
        if verb != cue.text and verb in book.features:
            return [Item(Kind.WORD, verb, cue.start, cue.start, book.features[verb])]
    return []


def _chunks(items: Sequence[Item]) -> list[list[Item]]:
    chunks: list[list[Item]] = [[]]
    for item in items:
        if item.kind in (Kind.LIST, Kind.COMMA):
            chunks.append([])
        elif item.kind is Kind.WORD:
            chunks[-1].append(item)
    return [chunk for chunk in chunks if any(item.features or item.is_foreign for item in chunk)]


def _last_list(items: Sequence[Item], length: int) -> list[Item]:
    """The items after the last comma when they hold a list of `length`, else all of them."""
    tail = list(items[_after_last_comma(items) :])
    return tail if len(_chunks(tail)) == length else list(items)


def _last_clause(items: Sequence[Item]) -> list[Item]:
    """What stands between the last two commas."""
    clause = list(items[:-1]) if items and items[-1].kind is Kind.COMMA else list(items)
    return clause[_after_last_comma(clause) :]


def _after_last_comma(items: Sequence[Item]) -> int:
    for index in range(len(items) - 1, -1, -1):
        if items[index].kind is Kind.COMMA:
            return index + 1
    return 0


def _has_content(words: Sequence[Item]) -> bool:
    return any(item.is_foreign or item.is_content for item in words)


def _is_verb(item: Item) -> bool:
    phrases = [feature for feature in item.features if feature[0] == "@"]
    return bool(phrases) and all(feature in load_codebook().verbs for feature in phrases)


def _is_of(number: Number, following: Sequence[Item]) -> bool:
    """八成的单位: a share of something named behind it, not of what was told before."""
    return number.unit == "%" and any(item.text == "的" and item.start == number.end for item in following)


def _is_share(near: Sequence[Item], number: Number) -> bool:
    return number.unit == "%" and (
        number.text.rstrip("余多以上左右下内").endswith("成") or any(item.has("share") for item in near)
    )


def _after_share(near: Sequence[Item]) -> tuple[Item, ...]:
    for index in range(len(near) - 1, -1, -1):
        if near[index].has("share"):
            return tuple(near[index + 1 :])
    return ()


def _before_cue(near: tuple[Item, ...]) -> tuple[Item, ...]:
    for index, item in enumerate(near):
        if item.has("share") or item.has("increase") or item.has("decrease"):
            return near[:index]
    return near


def _channels(words: Sequence[Item]) -> frozenset[str]:
    return frozenset(feature[1:] for item in words for feature in item.features if feature[0] == "#")


def _one(channels: frozenset[str]) -> str | None:
    if len(channels) == 1:
        return next(iter(channels))
    return "new_media" if channels and channels <= {"weibo", "wechat", "new_media"} else None
