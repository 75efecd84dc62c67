"""The allow list for code that decides a number: library modules, names, built-ins, and forbidden attributes."""

from __future__ import annotations

import builtins
import importlib
import re
from types import ModuleType

ALL = frozenset({"*"})


def _these(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Module → the names that may be imported from it: only things that compute from their arguments alone.
LIBRARIES: dict[str, frozenset[str]] = {
    "__future__": ALL, "abc": ALL,
    "collections.abc": _these(
        "Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping MutableSequence Reversible Sequence"
    ),
    "typing": _these(
        "Annotated Any Callable ClassVar Final Generic Iterable Iterator Literal Mapping NamedTuple Never NoReturn Optional ParamSpec"
        " Protocol Self Sequence TYPE_CHECKING TypeAlias TypeVar Union assert_never cast overload"
    ),
    "polars": ALL, "polars.selectors": ALL, "numpy": ALL, "numpy.linalg": ALL, "numpy.fft": ALL,
    "scipy": _these("sparse special stats"), "scipy.sparse": ALL, "scipy.sparse.csgraph": ALL, "scipy.special": ALL,
    # Only what never draws: svds, eigsh and onenormest start from chance, and so do some tests and multivariate distributions.
    "scipy.sparse.linalg": _these("expm inv norm spilu splu spsolve spsolve_triangular"),
    "scipy.stats": _these(
        "beta binom chi2 circmean circstd circvar describe entropy expon gamma geom gmean gstd hmean hypergeom iqr kendalltau kurtosis"
        " linregress lognorm median_abs_deviation moment nbinom norm pearsonr percentileofscore pmean poisson rankdata sem skew"
        " siegelslopes spearmanr t theilslopes trim_mean uniform variation wasserstein_distance zscore"
    ),
    "bisect": _these("bisect bisect_left bisect_right"),
    "calendar": _these("isleap monthrange"),
    "collections": _these("Counter defaultdict deque namedtuple OrderedDict ChainMap"),
    "dataclasses": _these("dataclass field replace"),  # the others hand out every field, prose too
    "datetime": _these("UTC date datetime time timedelta timezone"),
    "decimal": _these("Decimal ROUND_HALF_EVEN ROUND_HALF_UP ROUND_DOWN ROUND_UP ROUND_FLOOR ROUND_CEILING"),
    "enum": _these("Enum IntEnum StrEnum Flag IntFlag auto unique"),
    "fractions": _these("Fraction"),
    "functools": _these("cache lru_cache partial reduce total_ordering wraps cmp_to_key"),
    "hashlib": _these("blake2b blake2s sha1 sha256 sha512 md5"),
    "heapq": _these("merge nlargest nsmallest"),
    "itertools": ALL,
    "cmath": ALL, "math": ALL, "statistics": ALL,
    "string": _these("ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace capwords"),
    "unicodedata": ALL, "re": ALL,
    "operator": _these(
        "add and_ contains eq floordiv ge gt inv invert itemgetter le lt matmul mul ne neg not_ or_ pos pow sub truediv truth xor"
    ),
    "types": _these("MappingProxyType"),
    "zoneinfo": _these("ZoneInfo reset_tzpath"),  # ZoneInfo in `listens.clocks` alone, which pins the data
    "wrapped_assets.acceleration": _these("can_run run run_once"),
}  # fmt: skip

BUILTINS = _these(
    "abs all any bin bool bytes callable chr classmethod complex dict divmod enumerate filter float format frozenset hex int "
    "isinstance issubclass iter len list map max min next oct ord pow property range reversed round set slice sorted "
    "staticmethod str sum super tuple zip NotImplemented Ellipsis"
) | {name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)}

# Attributes that read or change the outside world or tell the state of the process, on any object.
_WORLD = re.compile(
    r"(read|scan|write|sink|register|unregister)(_\w+)?|load|loads|loadtxt|save|savez|savez_compressed|savetxt|tofile|fromfile|genfromtxt"
    r"|load_npz|save_npz|memmap|open_memmap|DataSource|deserialize|serialize|now|today|utcnow|fromtimestamp|utcfromtimestamp|localtime"
    r"|random|random_\w+|\w+_random|rand|rvs\w*|samples|bootstrap|permutation_test|monte_carlo_test|qmc|dunnett"
    r"|set_random_seed|default_rng|seed|Config|SQLContext|sql|sql_expr|execute|remote|thread_pool_size|threadpool_size"
    r"|StringCache|enable_string_cache|disable_string_cache|using_string_cache|show_versions|build_info|get_printoptions|set_printoptions"
    r"|seterr|seterrcall|geterr|setbufsize|show_config|get_include|io|api|plugins|ctypeslib|f2py|lib|testing|reset_tzpath|available_timezones"
    r"|cache_info|cache_clear|cache_parameters|keywords|ForwardRef"
    r"|singledispatch|fields|get_type_hints|getcontext|setcontext|localcontext|at|put|copyto|putmask|place|setflags"
    r"|empty|empty_like|ndarray|recarray|chararray|ctypes|shares_memory|may_share_memory"  # memory as somebody left it, and where it is
    r"|profile|explain|show_graph|glimpse|n_chunks|chunk_lengths|get_chunks|estimated_size|collect_async|collect_batches|hash|hash_rows|datetime_as_string|astimezone|from_file|no_cache"
    r"|Categorical|Categories|Catalog|CredentialProvider\w*|to_arrow|to_pandas|to_torch|to_jax|streamable"
)
# Texts that say what something means. No fingerprint counts them.
_PROSE = frozenset({"headline", "chapter", "examples", "meaning", "description", "privacy", "unit"})
_SETS = frozenset({"rules", "nullable"})  # of a declaration
# Attributes that return other attributes by name, or reveal how an object was written.
_REFLECTION = re.compile(r"__\w+__|\w*getattr\w*|attrgetter|methodcaller|func_\w+|gi_\w+|cr_\w+|tb_\w+|f_\w+|co_\w+|mro")


def imports_from(module: str) -> frozenset[str]:
    """The names that may be imported from a library's module; empty if the module is not allowed."""
    return LIBRARIES.get(module, frozenset())


def refused_in_library(module: str, name: str) -> str | None:
    """Why the name may not be imported from a library's module: it is not on the list, or is itself a module that is not allowed."""
    names = LIBRARIES.get(module)
    if names is None:
        return None
    value = getattr(importlib.import_module(module), name, None)
    if isinstance(value, (set, frozenset)):
        return "it is a set, whose order differs from process to process; write a tuple of what you need"
    if isinstance(value, ModuleType):
        return None if value.__name__ in LIBRARIES or value.__name__.startswith("polars.selectors") else "use what docs/recompute.md allows"
    return None if names == ALL or name in names else "use what docs/recompute.md allows"


def refused_name(full: str) -> str | None:
    """Why a thing of a library, or a library, may not be used: by its full name, whichever module hands it on."""
    module, _, name = full.rpartition(".")
    if full in LIBRARIES:
        return None
    if module not in LIBRARIES or name.startswith("_"):
        return "use what docs/recompute.md allows"
    return refused_in_library(module, name) or refused_attribute(name)


def refused_attribute(name: str) -> str | None:
    """Why attributes of this name may not be used; None if they may."""
    if _WORLD.fullmatch(name):
        return "it depends on something outside of the function or changes it; let the asset read a table, or pass the value as a parameter"
    if _REFLECTION.fullmatch(name):
        return "it looks at how code is written; name the function or the constant directly"
    if name in _SETS:
        return "it is a set, whose order differs from process to process; write a tuple of what you need"
    if name in _PROSE:
        return "it is prose, whose change computes nothing again; define a constant"
    return None
