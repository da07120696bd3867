"""Reads C++ well enough for house rules: tokens without comments and string contents, nested blocks, statements."""

import re
from dataclasses import dataclass, field

LEXEMES = re.compile(
    r"""
    (?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
  | (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<number>\.?\d(?:'?[\w.]|(?<=[eEpP])[+-])*)
  | (?P<char>(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
  | (?P<space>\s+)
  | (?P<sign>->|::|&&|\|\||.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


@dataclass
class Token:
    text: str
    line: int


def tokens(source):
    """Tokens with their lines. A string, whatever its content, is `""`; comments and directives are left out."""
    found, line = [], 1
    for match in LEXEMES.finditer(source):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "raw"
        if kind in ("raw", "string"):
            found.append(Token('""', line))
        elif kind == "char":
            found.append(Token("''", line))
        elif kind in ("number", "word", "sign"):
            found.append(Token(match.group(), line))
        line += match.group().count("\n")
    return found


@dataclass
class Statement:
    """One full expression or declaration, without what stands inside the bodies of its lambdas."""

    words: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    capturing_lambdas: list = field(default_factory=list)  # lines
    braces: list = field(default_factory=list)
    ternaries: list = field(default_factory=list)

    @property
    def awaits(self):
        return "co_await" in self.words


@dataclass
class Function:
    name: str
    first_line: int
    last_line: int


@dataclass
class Frame:
    kind: str  # scope, function, block, lambda, paren, control, bracket, init
    line: int
    name: str = ""
    statement: Statement = None  # of frames that hold statements
    pending_lambda: bool = False  # of any frame: a lambda's introducer has ended, its body is to come


HOLDS_STATEMENTS = ("scope", "function", "block", "lambda")
SCOPE_WORDS = ("namespace", "class", "struct", "union", "enum", "extern")
QUALIFIERS = ("const", "noexcept", "override", "final", "mutable", "try", "&", "&&", "volatile", "constexpr")
CONTROL = ("if", "for", "while", "switch", "catch", "constexpr")


class Parser:
    def __init__(self, source):
        self.statements = []
        self.functions = []
        self.frames = [Frame("scope", 1, statement=Statement())]
        self.tokens = tokens(source)
        position = 0
        while position < len(self.tokens):
            position = self.step(position)
        self.finish()

    def step(self, position):
        token = self.tokens[position]
        if token.text == "[" and self.next_is(position, "["):
            return self.skip_attribute(position)
        handler = {
            "(": self.open_paren, "[": self.open_bracket, "{": self.open_brace,
            ")": self.close, "]": self.close, "}": self.close, ";": self.semicolon,
        }.get(token.text, self.note)
        handler(token)
        return position + 1

    def next_is(self, position, text):
        return position + 1 < len(self.tokens) and self.tokens[position + 1].text == text

    def skip_attribute(self, position):
        depth = 0
        while position < len(self.tokens):
            depth += {"[": 1, "]": -1}.get(self.tokens[position].text, 0)
            position += 1
            if depth == 0:
                break
        return position

    def holder(self):
        return next(frame for frame in reversed(self.frames) if frame.kind in HOLDS_STATEMENTS)

    @property
    def statement(self):
        return self.holder().statement

    def previous(self):
        return self.statement.words[-1] if self.statement.words else ""

    def note(self, token):
        if token.text == "?":
            self.statement.ternaries.append(token.line)
        self.statement.words.append(token.text)
        self.statement.lines.append(token.line)

    def finish(self):
        holder = self.holder()
        if holder.statement.words:
            self.statements.append(holder.statement)
        holder.statement = Statement()
        holder.pending_lambda = False

    def open_paren(self, token):
        kind = "control" if self.previous() in CONTROL else "paren"
        self.note(token)
        self.frames.append(Frame(kind, token.line))

    def open_bracket(self, token):
        words = self.statement.words
        subscript = bool(words) and (
            words[-1] in (")", "]", '""', "delete", "operator")
            or (re.match(r"\w", words[-1]) and words[-1] not in ("return", "co_return", "co_await", "co_yield", "case")))
        binding = bool(words) and "auto" in words[-2:] and words[-1] in ("auto", "&", "&&")
        self.note(token)
        self.frames.append(Frame("bracket", token.line, name="" if subscript or binding else "lambda"))

    def open_brace(self, token):
        if self.frames[-1].pending_lambda:
            self.frames[-1].pending_lambda = False
            self.frames.append(Frame("lambda", token.line, statement=Statement()))
            return
        kind = self.block_kind()
        if kind == "init":
            self.statement.braces.append(token.line)
            self.note(token)
            self.frames.append(Frame("init", token.line))
            return
        name = self.function_name() if kind == "function" else ""
        line = self.statement.lines[0] if self.statement.lines else token.line
        self.finish()
        self.frames.append(Frame(kind, line, name=name, statement=Statement()))

    def block_kind(self):
        frame, words = self.frames[-1], self.statement.words
        if frame.kind not in HOLDS_STATEMENTS:
            return "init"
        if not words:
            return "block"
        plain = self.outer_words()
        if any(word in SCOPE_WORDS for word in plain) and "=" not in plain and "(" not in words:
            return "scope"
        if "extern" in plain and words[-1] == '""':
            return "scope"
        if self.ends_a_head():
            return "function" if frame.kind == "scope" else "block"
        return "init"

    def ends_a_head(self):
        """Whether a body may follow: after `)`, a qualifier, a trailing return type, `else`, a label."""
        words = self.statement.words
        last = words[-1]
        if last in (")", "}", "else", "do", "try", ":") or last in QUALIFIERS:
            return True
        if "requires" in words and self.frames[-1].kind == "scope":
            return True
        return bool(re.search(r"\) (?:(?:const|noexcept|mutable|override|&&?) )*-> [\w:<>,*&() ]+$", " ".join(words)))

    def outer_words(self):
        """The words outside parentheses and template argument lists."""
        outer, depth = [], 0
        for word in self.statement.words:
            depth -= word in (")", ">", "}")
            if depth <= 0:
                outer.append(word)
            depth += word in ("(", "<", "{")
            depth = max(depth, 0)
        return outer

    def function_name(self):
        text = " ".join(self.statement.words)
        match = re.search(r"(operator [^(]+|~? ?\w+) \(", text)
        return match.group(1).replace(" ", "") if match else "?"

    def close(self, token):
        frame = self.frames[-1]
        if len(self.frames) == 1:
            return
        if frame.kind in HOLDS_STATEMENTS:
            self.finish()
            self.frames.pop()
            if frame.kind == "function":
                self.functions.append(Function(frame.name, frame.line, token.line))
            if frame.kind == "lambda":
                self.note(Token("<lambda>", token.line))
            return
        captures = token.text == "]" and frame.name == "lambda" and self.previous() != "["
        self.frames.pop()
        self.note(token)
        if frame.name == "lambda":
            self.frames[-1].pending_lambda = True
            if captures:
                self.statement.capturing_lambdas.append(frame.line)
        if frame.kind == "control":
            self.finish()

    def semicolon(self, token):
        if self.frames[-1].kind in HOLDS_STATEMENTS or self.frames[-1].kind == "control":
            self.finish()
        else:
            self.note(token)


def statements(source):
    return Parser(source).statements


def functions(source):
    """The functions at namespace and class level, with the lines they span."""
    return Parser(source).functions
