#include "report/html_page.h"

#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/svg.h"

namespace latent {
namespace {

TEST(HtmlPage, ShowsNamesAsText) {
  HtmlPage page("<b>run</b>");
  page.section("<script>");
  page.table({"<i>"}, {{"a & b"}});
  page.note("warning\" onclick=\"x", "</p>");
  page.command({"latent", "sample", "--run", "it's <here>"});
  const std::string text = page.text();
  EXPECT_NE(text.find("<h1>&lt;b&gt;run&lt;/b&gt;</h1>"), std::string::npos);
  EXPECT_NE(text.find("<td>a &amp; b</td>"), std::string::npos);
  EXPECT_NE(text.find("--run &#39;it&#39;\\&#39;&#39;s &lt;here&gt;&#39;"), std::string::npos);
  EXPECT_EQ(count_of(text, "<script"), 0);
  EXPECT_EQ(count_of(text, "\" onclick"), 0);
}

TEST(HtmlPage, BeginsWithContentsThatLinkToItsSections) {
  HtmlPage page("run");
  page.paragraph("intro");
  page.section("Samples & more");
  page.paragraph("first");
  page.section("Loss");
  const std::string text = page.text();
  const size_t intro = text.find("<p>intro</p>");
  const size_t contents = text.find(
      "<nav>\n<a href=\"#part1\">Samples &amp; more</a>\n<a href=\"#part2\">Loss</a>\n</nav>");
  const size_t section = text.find("<h2 id=\"part1\">Samples &amp; more</h2>\n<p>first</p>");
  ASSERT_NE(contents, std::string::npos);
  ASSERT_NE(section, std::string::npos);
  EXPECT_LT(intro, contents);
  EXPECT_LT(contents, section);
  EXPECT_EQ(HtmlPage("x").text().find("<nav>"), std::string::npos);
}

TEST(HtmlPage, LetsABrowserLoadNothing) {
  const std::string text = HtmlPage("x").text();
  EXPECT_NE(text.find("content=\"default-src 'none'; img-src data:; style-src 'sha256-"),
            std::string::npos);
  EXPECT_EQ(count_of(text, "http:") + count_of(text, "https:") + count_of(text, "url("), 0);
}

TEST(HtmlPage, HasRoomForSoMuch) {
  const TemporaryFolder folder;
  HtmlPage page("x");
  write_file(folder / "small.png", "PNG");
  EXPECT_TRUE(page.picture(folder / "small.png", "a \"picture\""));
  EXPECT_NE(
      page.text().find("<img alt=\"a &quot;picture&quot;\" src=\"data:image/png;base64,UE5H\">"),
      std::string::npos);
  write_file(folder / "large.png", std::string(3'700'000, 'x'));
  EXPECT_FALSE(page.picture(folder / "large.png", "x"));
  EXPECT_FALSE(page.picture(folder / "missing.png", "x"));
  EXPECT_LT(page.text().size(), 10'000U);
}

}  // namespace
}  // namespace latent
