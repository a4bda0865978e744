// JSON strings: copying, escaping and checking UTF-8 in one pass.
#include <bit>
#include <cstdint>
#include <cstring>

#include "json_writer.hpp"
#include "utf8.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sonde::json {
namespace {

// An escape takes six characters at most, a replacement character three.
constexpr std::size_t kMaxEscape = 6;

template <class Word>
Word load(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

template <class Word>
void store(char* to, Word word) noexcept {
  std::memcpy(to, &word, sizeof(word));
}

bool isPlain(char c) noexcept {
  // As signed numbers, control characters and bytes of a longer sequence are both below a space.
  return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\';
}

#if defined(__SSE2__)

/// @return One bit for each byte that cannot be copied as it is.
unsigned specials(__m128i bytes) noexcept {
  const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, backslash))));
}

__m128i load16(const char* from) noexcept {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

/// Copies two words that together cover `size` bytes, overlapping in the middle.
/// @return How many bytes from the start are plain.
template <class Word>
std::size_t copyEnds(char* out, const char* in, std::size_t size) noexcept {
  const auto head = load<Word>(in);
  const auto tail = load<Word>(in + size - sizeof(Word));
  store(out, head);
  store(out + size - sizeof(Word), tail);
  __m128i both;
  if constexpr (sizeof(Word) == 8) {
    both = _mm_set_epi64x(static_cast<long long>(tail), static_cast<long long>(head));
  } else {
    both = _mm_cvtsi64_si128(static_cast<long long>(std::uint64_t{tail} << 32 | head));
  }
  constexpr unsigned kHead = (1U << sizeof(Word)) - 1;
  const unsigned mask = specials(both) & ((1U << 2 * sizeof(Word)) - 1);
  if (mask == 0) return size;
  if ((mask & kHead) != 0) return static_cast<std::size_t>(std::countr_zero(mask));
  return size - 2 * sizeof(Word) + static_cast<std::size_t>(std::countr_zero(mask));
}

/// Copies bytes up to the first that needs care; `out` has room for all of them.
/// @return How many were copied; those after them in `out` hold anything.
std::size_t copyPlain(char* out, const char* in, std::size_t size) noexcept {
  if (size >= 16) {
    std::size_t at = 0;
    for (; at + 16 <= size; at += 16) {
      const __m128i bytes = load16(in + at);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), bytes);
      const unsigned mask = specials(bytes);
      if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
    if (at == size) return size;
    // The last 16 bytes once more: those already seen are plain.
    at = size - 16;
    const __m128i bytes = load16(in + at);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at), bytes);
    const unsigned mask = specials(bytes);
    return mask == 0 ? size : at + static_cast<std::size_t>(std::countr_zero(mask));
  }
  if (size >= 8) return copyEnds<std::uint64_t>(out, in, size);
  if (size >= 4) return copyEnds<std::uint32_t>(out, in, size);
  std::size_t at = 0;
  for (; at < size && isPlain(in[at]); ++at) out[at] = in[at];
  return at;
}

#else

/// @return A word that is not zero when any of its eight bytes cannot be copied as it is.
std::uint64_t specials(std::uint64_t bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  const auto zeroByte = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  const std::uint64_t below = (bytes - kOnes * 0x20) & ~bytes;
  const std::uint64_t quote = zeroByte(bytes ^ kOnes * '"');
  const std::uint64_t backslash = zeroByte(bytes ^ kOnes * '\\');
  return (bytes | below | quote | backslash) & kHighs;
}

std::size_t copyPlain(char* out, const char* in, std::size_t size) noexcept {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const auto bytes = load<std::uint64_t>(in + at);
    if (specials(bytes) != 0) break;
    store(out + at, bytes);
  }
  for (; at < size && isPlain(in[at]); ++at) out[at] = in[at];
  return at;
}

#endif

/// Writes the escape of a quote, a backslash or a control character.
char* writeEscape(char* out, unsigned char c) noexcept {
  // The second character of the short escapes; 'u' for the long ones.
  static constexpr char kShort[] = "uuuuuuuubtnufruuuuuuuuuuuuuuuuuu";
  static constexpr char kHex[] = "0123456789abcdef";
  *out++ = '\\';
  if (c >= 0x20) {
    *out++ = static_cast<char>(c);
    return out;
  }
  *out++ = kShort[c];
  if (kShort[c] == 'u') {
    *out++ = '0';
    *out++ = '0';
    *out++ = kHex[c >> 4];
    *out++ = kHex[c & 15];
  }
  return out;
}

}  // namespace

bool appendString(TextOut& out, std::string_view text, bool replaceInvalid) {
  const std::size_t before = out.size();
  const char* in = text.data();
  const char* const end = in + text.size();
  char* at = out.room(text.size() + 2);
  *at++ = '"';
  while (true) {
    const std::size_t plain = copyPlain(at, in, static_cast<std::size_t>(end - in));
    at += plain;
    in += plain;
    if (in == end) break;
    out.advance(at);
    // Room for everything left, one escape and the closing quote.
    at = out.room(static_cast<std::size_t>(end - in) + kMaxEscape + 1);
    if (static_cast<signed char>(*in) >= 0) {
      at = writeEscape(at, static_cast<unsigned char>(*in++));
      continue;
    }
    while (in != end && static_cast<signed char>(*in) < 0) {
      const std::size_t length = utf8::sequenceLength(in, end);
      if (length == 0) {
        if (!replaceInvalid) {
          out.truncate(before);
          return false;
        }
        in += utf8::replacedLength(in, end);
        out.advance(at);
        at = out.room(static_cast<std::size_t>(end - in) + kMaxEscape + 1);
        std::memcpy(at, "\xEF\xBF\xBD", 3);
        at += 3;
        continue;
      }
      for (std::size_t i = 0; i < length; ++i) *at++ = *in++;
    }
  }
  *at++ = '"';
  out.advance(at);
  return true;
}

bool appendString(std::string& out, std::string_view text, bool replaceInvalid) {
  StringOut buffer(out);
  if (!appendString(buffer, text, replaceInvalid)) return false;
  buffer.commit();
  return true;
}

}  // namespace sonde::json
