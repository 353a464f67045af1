#include "core/text/normal_form.h"

#include <string_view>
#include <unordered_map>

#include "core/text/utf8.h"

namespace latent {
namespace {

/// The letters that a mark makes out of others, letter by letter.
struct Marked {
  char32_t mark;  // a combining character
  std::u32string_view composed, base;
};

// Source: the canonical decompositions of Unicode 14.
constexpr Marked kMarked[] = {
    // clang-format off
    {0x0300,
     U"ÀÈÌÒÙàèìòùǛǜǸǹЀЍѐѝḔḕṐṑẀẁẦầẰằỀềỒồỜờỪừỲỳ",
     U"AEIOUaeiouÜüNnЕИеиĒēŌōWwÂâĂăÊêÔôƠơƯưYy"},
    {0x0301,
     U"ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹźǗǘǴǵǺǻǼǽǾǿ΅ΆΈΉΊΌΎΏΐάέήίΰόύώϓЃЌѓќḈḉḖḗ"
     U"ḮḯḰḱḾḿṌṍṒṓṔṕṸṹẂẃẤấẮắẾếỐốỚớỨứ",
     U"AEIOUYaeiouyCcLlNnRrSsZzÜüGgÅåÆæØø¨ΑΕΗΙΟΥΩϊαεηιϋουωϒГКгкÇçĒē"
     U"ÏïKkMmÕõŌōPpŨũWwÂâĂăÊêÔôƠơƯư"},
    {0x0302,
     U"ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷẐẑẬậỆệỘộ",
     U"AEIOUaeiouCcGgHhJjSsWwYyZzẠạẸẹỌọ"},
    {0x0303,
     U"ÃÑÕãñõĨĩŨũṼṽẪẫẴẵẼẽỄễỖỗỠỡỮữỸỹ",
     U"ANOanoIiUuVvÂâĂăEeÊêÔôƠơƯưYy"},
    {0x0304,
     U"ĀāĒēĪīŌōŪūǕǖǞǟǠǡǢǣǬǭȪȫȬȭȰȱȲȳӢӣӮӯḠḡḸḹṜṝ",
     U"AaEeIiOoUuÜüÄäȦȧÆæǪǫÖöÕõȮȯYyИиУуGgḶḷṚṛ"},
    {0x0306,
     U"ĂăĔĕĞğĬĭŎŏŬŭЎЙйўӁӂӐӑӖӗḜḝẶặ",
     U"AaEeGgIiOoUuУИиуЖжАаЕеȨȩẠạ"},
    {0x0307,
     U"ĊċĖėĠġİŻżȦȧȮȯḂḃḊḋḞḟḢḣṀṁṄṅṖṗṘṙṠṡṤṥṦṧṨṩṪṫẆẇẊẋẎẏẛ",
     U"CcEeGgIZzAaOoBbDdFfHhMmNnPpRrSsŚśŠšṢṣTtWwXxYyſ"},
    {0x0308,
     U"ÄËÏÖÜäëïöüÿŸΪΫϊϋϔЁЇёїӒӓӚӛӜӝӞӟӤӥӦӧӪӫӬӭӰӱӴӵӸӹḦḧṎṏṺṻẄẅẌẍẗ",
     U"AEIOUaeiouyYΙΥιυϒЕІеіАаӘәЖжЗзИиОоӨөЭэУуЧчЫыHhÕõŪūWwXxt"},
    {0x0309,
     U"ẢảẨẩẲẳẺẻỂểỈỉỎỏỔổỞởỦủỬửỶỷ",
     U"AaÂâĂăEeÊêIiOoÔôƠơUuƯưYy"},
    {0x030a,
     U"ÅåŮůẘẙ",
     U"AaUuwy"},
    {0x030b,
     U"ŐőŰűӲӳ",
     U"OoUuУу"},
    {0x030c,
     U"ČčĎďĚěĽľŇňŘřŠšŤťŽžǍǎǏǐǑǒǓǔǙǚǦǧǨǩǮǯǰȞȟ",
     U"CcDdEeLlNnRrSsTtZzAaIiOoUuÜüGgKkƷʒjHh"},
    {0x030f,
     U"ȀȁȄȅȈȉȌȍȐȑȔȕѶѷ",
     U"AaEeIiOoRrUuѴѵ"},
    {0x0311,
     U"ȂȃȆȇȊȋȎȏȒȓȖȗ",
     U"AaEeIiOoRrUu"},
    {0x031b,
     U"ƠơƯư",
     U"OoUu"},
    {0x0323,
     U"ḄḅḌḍḤḥḲḳḶḷṂṃṆṇṚṛṢṣṬṭṾṿẈẉẒẓẠạẸẹỊịỌọỢợỤụỰựỴỵ",
     U"BbDdHhKkLlMmNnRrSsTtVvWwZzAaEeIiOoƠơUuƯưYy"},
    {0x0324,
     U"Ṳṳ",
     U"Uu"},
    {0x0325,
     U"Ḁḁ",
     U"Aa"},
    {0x0326,
     U"ȘșȚț",
     U"SsTt"},
    {0x0327,
     U"ÇçĢģĶķĻļŅņŖŗŞşŢţȨȩḐḑḨḩ",
     U"CcGgKkLlNnRrSsTtEeDdHh"},
    {0x0328,
     U"ĄąĘęĮįŲųǪǫ",
     U"AaEeIiUuOo"},
    {0x032d,
     U"ḒḓḘḙḼḽṊṋṰṱṶṷ",
     U"DdEeLlNnTtUu"},
    {0x032e,
     U"Ḫḫ",
     U"Hh"},
    {0x0330,
     U"ḚḛḬḭṴṵ",
     U"EeIiUu"},
    {0x0331,
     U"ḆḇḎḏḴḵḺḻṈṉṞṟṮṯẔẕẖ",
     U"BbDdKkLlNnRrTtZzh"},
    {0x3099,
     U"がぎぐげござじずぜぞだぢづでどばびぶべぼゔゞガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ",
     U"かきくけこさしすせそたちつてとはひふへほうゝカキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ"},
    {0x309a,
     U"ぱぴぷぺぽパピプペポ",
     U"はひふへほハヒフヘホ"},
    // clang-format on
};

struct Pair {
  char32_t base, mark;
};

std::unordered_map<char32_t, Pair> pairs() {
  std::unordered_map<char32_t, Pair> all;
  for (const auto& row : kMarked) {
    for (size_t i = 0; i < row.composed.size(); ++i)
      all.emplace(row.composed[i], Pair{row.base[i], row.mark});
  }
  return all;
}

void append_utf8(std::string& text, char32_t code) {
  const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xc0 | code >> 6);
  } else {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
  }
  byte(0x80 | (code & 0x3f));
}

char32_t lower(char32_t code) {
  const auto within = [&](char32_t low, char32_t high) { return code >= low && code <= high; };
  if (within('A', 'Z') || within(0x391, 0x3a9) || within(0x410, 0x42f)) return code + 0x20;
  if (within(0x400, 0x40f)) return code + 0x50;
  const bool other = code == 0xc6 || code == 0xd8 || code == 0xd0 || code == 0xde;  // AE, O/, ...
  return other ? code + 0x20 : code;
}

// A Korean syllable is a leading consonant, a vowel and perhaps a trailing consonant.
// Source: The Unicode Standard, section 3.12.
bool append_syllable(std::string& text, char32_t code) {
  constexpr char32_t kFirst = 0xac00, kLast = 0xd7a3, kVowels = 21, kTrails = 28;
  if (code < kFirst || code > kLast) return false;
  const char32_t place = code - kFirst;
  append_utf8(text, 0x1100 + place / (kVowels * kTrails));
  append_utf8(text, 0x1161 + place / kTrails % kVowels);
  if (place % kTrails != 0) append_utf8(text, 0x11a7 + place % kTrails);
  return true;
}

void append_folded(std::string& text, char32_t code) {
  static const std::unordered_map<char32_t, Pair> known = pairs();
  if (append_syllable(text, code)) return;
  const auto pair = known.find(code);
  if (pair == known.end()) return append_utf8(text, lower(code));
  append_folded(text, pair->second.base);
  append_utf8(text, pair->second.mark);
}

}  // namespace

std::string folded(const std::string& text) {
  constexpr char32_t kReplacement = 0xfffd, kLargest = 0xffff;
  std::string result;
  result.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const size_t before = at;
    const char32_t code = next_code_point(text, at);
    // Malformed bytes and control characters stay: they may be all in which two names differ.
    const bool kept = code == kReplacement || code > kLargest || code == U' ';
    if (kept) {
      result.append(text, before, at - before);
    } else {
      append_folded(result, code);
    }
  }
  return result;
}

}  // namespace latent
