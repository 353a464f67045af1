#include "core/text/html.h"

#include "unit/expect.h"

namespace latent {
namespace {

TEST(HtmlText, IsNeverMarkup) {
  EXPECT_EQ(html_text("<img src=x onerror='alert(1)'>"),
            "&lt;img src=x onerror=&#39;alert(1)&#39;&gt;");
  EXPECT_EQ(html_text("a&amp;b \"c\""), "a&amp;amp;b &quot;c&quot;");
}

TEST(HtmlText, KeepsLettersAndLineBreaks) {
  EXPECT_EQ(html_text("Blåbær\n猫"), "Blåbær\n猫");
  EXPECT_EQ(html_text("a\tb\x1b[2J"), "a b [2J");
}

TEST(HtmlText, ReplacesWhatABrowserWouldObey) {
  EXPECT_EQ(html_text("\xff"
                      "a\xc3"),
            "\uFFFDa\uFFFD");
  EXPECT_EQ(html_text("gpj.\u202Eexe"), "gpj.\uFFFDexe") << "turns the direction of writing";
}

}  // namespace
}  // namespace latent
