#include "explore/page.h"

#include <gtest/gtest.h>

namespace latent::explore {
namespace {

TEST(Page, TheWholePageIsInTheBinary) {
  const Page page = live_page();
  for (const char* part :
       {"<!DOCTYPE html>", "--paper", "function zipOf", "attempt(open);", "</html>"})
    EXPECT_NE(page.html.find(part), std::string::npos) << part;
  for (const char* mark : {"<!-- style -->", "<!-- script -->", "<!-- policy -->"})
    EXPECT_EQ(page.html.find(mark), std::string::npos) << mark;
  EXPECT_EQ(page.html.find("http://"), std::string::npos);
  EXPECT_EQ(page.html.find("https://"), std::string::npos);
}

TEST(Page, ThePolicyAllowsThePagesOwnScriptAndStyleOnly) {
  const Page page = live_page();
  EXPECT_EQ(page.policy.find("default-src 'none'; script-src 'sha256-"), 0U);
  EXPECT_EQ(page.policy.find("unsafe"), std::string::npos);
  EXPECT_NE(page.policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(page.html.find(page.policy.substr(0, 100)), std::string::npos);
  EXPECT_EQ(page.html.find(" style=\""), std::string::npos);  // the policy would drop them
  EXPECT_EQ(page.html.find(" onclick="), std::string::npos);
}

TEST(Page, DataCannotEndTheirElement) {
  const Page page = static_page(R"({"name": "</script><script>alert(1)</script><!--"})");
  EXPECT_EQ(page.html.find("alert(1)</script>"), std::string::npos);
  EXPECT_NE(page.html.find(R"(\u003c/script>\u003cscript>alert(1))"), std::string::npos);
  EXPECT_NE(page.html.find("connect-src 'none'"), std::string::npos);
}

}  // namespace
}  // namespace latent::explore
