#pragma once
// Where two runs differ most: every head of A against the same head of B, the farthest apart first, as a row
// of links.

#include "ui/views/view.h"
#include "ui/widgets/async_job.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace headlight::ui {

struct HeadDistance {
    int layer = 0, head = 0;
    float distance = 0; ///< mean over the common rows of the total variation
    friend bool operator==(const HeadDistance&, const HeadDistance&) = default;
};

/// All heads that both sides have at the scene's site, the most different first; heads of one distance in the
/// order of the model. Empty for two heads of one run, and where tokens cannot be aligned. Ends early when a
/// stop is requested.
std::vector<HeadDistance> headDistances(const Scene& scene, const std::stop_token& stop = {});
/// Weights that would be read: more than this are not compared without being asked.
constexpr std::int64_t mostComparedWeights = 200'000'000;
std::int64_t comparedWeights(const Scene& scene);

class CompareHeads : public QWidget {
    Q_OBJECT
public:
    explicit CompareHeads(QWidget* parent = nullptr);
    /// Computes on a worker when a side or what is hidden changed.
    void showScene(const Scene& scene);

signals:
    void chosen(int layer, int head);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrived(std::vector<HeadDistance> heads);
    void fit();

    static constexpr int most = 6;
    Scene m_scene;
    QLabel* m_title;
    std::vector<QPushButton*> m_links;
    std::vector<HeadDistance> m_heads;
    AsyncJob m_job;
};

} // namespace headlight::ui
