"""PostgreSQL's own functions that give a value wherever all their arguments have one.

Being strict says only what happens for a NULL: ``jsonb -> text`` is strict, and NULL for a key that
isn't there. So each function is named here, and a test calls each with every odd value of its
types: empty, infinite, not a number, JSON's null. A name stands for all functions of that name;
one with types for that one alone. An operator counts as the function under it.
"""

from __future__ import annotations

from itertools import product

_COMPARED = """
int2 int4 int8 int24 int28 int42 int48 int82 int84 float4 float8 float48 float84 bool char oid text
bpchar name bytea bit varbit numeric_ date_ time_ timetz_ timestamp_ timestamptz_ interval_ uuid_
cash_ enum_ array_ record_ jsonb_ range_ multirange_ macaddr_ network_ tsvector_ tsquery_
"""
_COMPARED_ACROSS = """
date_*_timestamp date_*_timestamptz timestamp_*_date timestamp_*_timestamptz timestamptz_*_date
timestamptz_*_timestamp name*text text*name
"""
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_MATCHED = ("text", "bpchar", "name")
_MATCHES = ("like", "nlike", "iclike", "icnlike", "regexeq", "regexne", "icregexeq", "icregexne")
_NUMBERS = """
int2 int4 int8 int24 int28 int42 int48 int82 int84 float4 float8 float48 float84
"""
_ARITHMETIC = ("pl", "mi", "mul", "div")
_SIGNS = tuple(product(("int2", "int4", "int8", "float4", "float8"), ("um", "up", "abs")))
_BITS = tuple(product(("int2", "int4", "int8"), ("and", "or", "xor", "not", "shl", "shr", "mod")))

_OTHERS = """
numeric_add numeric_sub numeric_mul numeric_div numeric_mod numeric_power numeric_uminus
numeric_uplus numeric_abs numeric_div_trunc numeric_exp numeric_ln numeric_log numeric_sqrt
numeric_inc div mod abs sign round trunc ceil ceiling floor sqrt cbrt exp ln log log10 power pow
dpow dsqrt dcbrt dround dtrunc dexp dlog1 dlog10 gcd lcm factorial degrees radians width_bucket
trim_scale sind cosd tand cotd asind atand atan2d cos tan cot atan atan2 sinh tanh asinh erf erfc
cash_pl cash_mi cash_mul_int2 cash_mul_int4 cash_mul_int8 cash_mul_flt4 cash_mul_flt8 cash_div_int2
cash_div_int4 cash_div_int8 cash_div_flt4 cash_div_flt8 cash_div_cash int2_mul_cash int4_mul_cash
int8_mul_cash flt4_mul_cash flt8_mul_cash cash_words

lower(text) upper(text) initcap casefold length char_length character_length octet_length
bit_length textlen ascii chr reverse repeat replace left right lpad rpad ltrim rtrim btrim substr
overlay translate split_part starts_with position strpos md5 sha224 sha256 sha384 sha512 encode
decode quote_ident quote_literal to_hex to_oct textcat textanycat anytextcat byteacat like notlike
like_escape similar_to_escape(text) regexp_replace regexp_count regexp_instr regexp_like convert_to
regexp_split_to_array parse_ident unistr text_pattern_lt text_pattern_le text_pattern_gt
text_pattern_ge bytealike byteanlike substring(text,int4) substring(text,int4,int4)
substring(bytea,int4) substring(bytea,int4,int4) substring(bit,int4) substring(bit,int4,int4)
bitcat bitand bitor bitxor bitnot bitshiftleft bitshiftright bit_count get_byte set_byte set_bit
crc32 crc32c normalize

bool(int4) int2(int4) int2(int8) int2(float4) int2(float8) int2(numeric) int4(bool) int4(int2)
int4(int8) int4(float4) int4(float8) int4(numeric) int4(char) int4(bit) int8(int2) int8(int4)
int8(float4) int8(float8) int8(numeric) int8(oid) int8(bit) float4(int2) float4(int4) float4(int8)
float4(float8) float4(numeric) float8(int2) float8(int4) float8(int8) float8(float4) float8(numeric)
numeric(int2) numeric(int4) numeric(int8) numeric(float4) numeric(float8) numeric(money)
numeric(numeric,int4) time(interval) time(timetz) time(time,int4) timetz(time) timetz(timetz,int4)
text varchar bpchar char name bit varbit money oid bytea date timestamp timestamptz interval cidr
xml point

date_pli date_mii date_mi integer_pl_date date_pl_interval date_mi_interval interval_pl_date
interval_pl interval_mi interval_um interval_mul interval_div mul_d_interval interval_pl_time
interval_pl_timetz interval_pl_timestamp interval_pl_timestamptz time_pl_interval time_mi_interval
time_mi_time timetz_pl_interval timetz_mi_interval datetime_pl datetimetz_pl timedate_pl
timetzdate_pl timestamp_pl_interval timestamp_mi_interval timestamp_mi timestamptz_pl_interval
timestamptz_mi_interval timestamptz_mi date_add date_subtract age date_trunc timezone isfinite
justify_days justify_hours justify_interval make_date make_time make_timestamp make_interval
to_timestamp(float8) date_part(text,time) extract(text,time) to_char(int4,text) to_char(int8,text)
to_char(numeric,text) to_char(float4,text) to_char(float8,text)

arraycontains arraycontained arrayoverlap cardinality array_to_json array_to_string(anyarray,text)
trim_array array_reverse array_sort array_to_tsvector
to_json to_jsonb row_to_json json_typeof jsonb_typeof json_array_length jsonb_array_length
json_object jsonb_object json_strip_nulls jsonb_strip_nulls jsonb_pretty jsonb_concat jsonb_delete
jsonb_delete_path jsonb_set jsonb_insert jsonb_contains jsonb_contained jsonb_exists
jsonb_exists_any jsonb_exists_all

isempty lower_inc upper_inc lower_inf upper_inf range_contains range_contains_elem
range_contained_by elem_contained_by_range range_overlaps range_adjacent range_before range_after
range_overleft range_overright range_union range_intersect range_minus range_merge
range_contains_multirange range_contained_by_multirange range_overlaps_multirange
range_adjacent_multirange range_before_multirange range_after_multirange range_overleft_multirange
range_overright_multirange multirange multirange_contains_elem multirange_contains_range
multirange_contains_multirange multirange_contained_by_range multirange_contained_by_multirange
multirange_overlaps_range multirange_overlaps_multirange multirange_adjacent_range
multirange_adjacent_multirange multirange_before_range multirange_before_multirange
multirange_after_range multirange_after_multirange multirange_overleft_range
multirange_overleft_multirange multirange_overright_range multirange_overright_multirange
multirange_union multirange_intersect multirange_minus elem_contained_by_multirange

host hostmask netmask network family abbrev masklen set_masklen inet_merge inet_same_family inetand
inetor inetnot inetpl int8pl_inet inetmi inetmi_int8 network_sub network_subeq network_sup
network_supeq network_overlap macaddr_and macaddr_or macaddr_not

to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_match_vq ts_match_qv
ts_match_tt ts_match_tq ts_rank ts_rank_cd ts_headline ts_delete ts_rewrite setweight strip numnode
querytree tsvector_concat tsvector_to_array tsquery_and tsquery_or tsquery_not tsquery_phrase
tsq_mcontains tsq_mcontained

nextval currval setval pg_size_pretty xmlcomment xpath xpath_exists xmlexists
"""

VALUES = frozenset(
    [
        *("".join(pair) for pair in product(_COMPARED.split(), _COMPARISONS)),
        *(name.replace("*", one) for name, one in product(_COMPARED_ACROSS.split(), _COMPARISONS)),
        *("".join(pair) for pair in product(_MATCHED, _MATCHES)),
        *("".join(pair) for pair in product(_NUMBERS.split(), _ARITHMETIC)),
        *("".join(pair) for pair in (*_SIGNS, *_BITS)),
        *_OTHERS.split(),
    ]
)
"""Never NULL for arguments that aren't."""

_ALWAYS = """
now transaction_timestamp statement_timestamp clock_timestamp timeofday random pi
gen_random_uuid uuidv4 uuidv7 version pg_backend_pid current_database session_user getpgusername
txid_current pg_current_xact_id pg_typeof concat num_nulls num_nonnulls quote_nullable
json_build_object json_build_array jsonb_build_object jsonb_build_array
array_append array_prepend int4range int8range numrange daterange tsrange tstzrange lastval
"""
ALWAYS = frozenset(_ALWAYS.split())
"""Never NULL, whatever the arguments are."""

BY_FIRST = {
    "format": 1,
    "concat_ws": 1,
    "array_to_string(anyarray,text,text)": 2,
    "string_to_array": 1,
    "array_remove": 1,
    "array_replace": 1,
    "array_positions": 1,
}
"""Never NULL where so many of the first arguments aren't."""

SETS = {
    **dict.fromkeys(("generate_series", "generate_subscripts", "regexp_split_to_table"), "!"),
    **dict.fromkeys(("string_to_table(text,text)", "json_object_keys", "jsonb_object_keys"), "!"),
    **dict.fromkeys(("json_array_elements", "jsonb_array_elements", "regexp_matches"), "!"),
    **dict.fromkeys(("json_each", "jsonb_each"), "!!"),
    **dict.fromkeys(("json_each_text", "jsonb_each_text"), "!?"),
    **dict.fromkeys(("json_array_elements_text", "jsonb_array_elements_text"), "?"),
    "unnest(anymultirange)": "!",
}
"""The columns of functions that return sets: ``!`` is never NULL, ``?`` can be."""
