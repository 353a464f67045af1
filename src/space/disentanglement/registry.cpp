// The table of scores of disentanglement. To add one: write its file, declare its function here,
// and add a row.
#include "space/disentanglement/scores.h"

namespace latent::space {

std::vector<ScoreFigure> mig_figures(const DisentanglementInput&);
std::vector<ScoreFigure> sap_figures(const DisentanglementInput&);
std::vector<ScoreFigure> sap_discrete_figures(const DisentanglementInput&);
std::vector<ScoreFigure> dci_gbt_figures(const DisentanglementInput&);
std::vector<ScoreFigure> factorvae_figures(const DisentanglementInput&);
std::vector<ScoreFigure> betavae_figures(const DisentanglementInput&);
std::vector<ScoreFigure> modularity_figures(const DisentanglementInput&);
std::vector<ScoreFigure> irs_figures(const DisentanglementInput&);

const Registry<DisentanglementScore>& disentanglement_scores() {
  static Registry<DisentanglementScore> registry(
      "score",
      {
          {"mig", "gap between the two latents that say most about a factor", "", 1, false,
           mig_figures},
          {"sap", "gap between the two latents that correlate most with a factor", "", 1, false,
           sap_figures},
          {"sap_discrete", "the same gap of classifiers that see one latent each",
           "linear support vector machines, C 0.01, classes of equal weight", 1, false,
           sap_discrete_figures},
          {"dci_gbt", "whether each latent is used for one factor, by trees' importances",
           "gradient-boosted trees: 100 stages, depth 3, rate 0.1", 2, false, dci_gbt_figures},
          {"factorvae", "which factor was fixed, told by the latent that varies least",
           "majority vote of 10,000 draws of 64 images", 2, true, factorvae_figures},
          {"betavae", "which factor was fixed, told by differences within pairs",
           "logistic regression on 10,000 draws of 64 pairs", 2, true, betavae_figures},
          {"modularity", "whether each latent has information about one factor only", "", 2, false,
           modularity_figures},
          {"irs", "how still each latent stays while its factor keeps its value", "", 1, false,
           irs_figures},
      });
  return registry;
}

}  // namespace latent::space
