// How many weights of a long text are read on the thread of the window: a part of a map, whatever is chosen.
// What comes from a worker is held against sums made here.

#include "tests/support/synthetic_result.h"
#include "tests/support/test_main.h"
#include "tests/support/view_fixture.h"
#include "ui/session/inspection.h"
#include "ui/views/distribution.h"
#include "ui/views/links_content.h"
#include "ui/widgets/async_job.h"
#include "ui/widgets/inspector.h"

#include <QAccessible>
#include <QThread>

#include <atomic>

using namespace headlight;
using namespace headlight::ui;

namespace {

constexpr int tokens = 800, heads = 3;

/// Counts what is read on the GUI thread.
class Watched : public WeightSource {
public:
    Watched(std::shared_ptr<const WeightSource> source, std::atomic<std::int64_t>& read)
        : m_source(std::move(source))
        , m_read(read)
    {
    }
    void weights(int head, const Block& block, std::span<float> out) const override
    {
        if (QThread::currentThread() == qApp->thread())
            m_read += block.rows() * block.columns();
        m_source->weights(head, block, out);
    }
    void scores(int head, const Block& block, std::span<float> out) const override
    {
        m_source->scores(head, block, out);
    }
    std::size_t bytes() const override { return m_source->bytes(); }

private:
    std::shared_ptr<const WeightSource> m_source;
    std::atomic<std::int64_t>& m_read;
};

} // namespace

class TestGuiThread : public test::TestCase {
    Q_OBJECT
private slots:
    void initTestCase();
    void readsAPartOfAMap_data();
    void readsAPartOfAMap();
    void textIsTintedByTheSum();
    void strongestLinksOfManyTokens();
    void inspectorSumsManyRows();

private:
    static void settle();
    std::vector<double> summed(std::span<const int> queries) const;

    std::vector<Tensor> m_layers;
    std::shared_ptr<AnalysisResult> m_result;
    std::atomic<std::int64_t> m_read = 0;
};

void TestGuiThread::initTestCase()
{
    std::vector<std::string> words;
    for (int i = 0; i < tokens - 2; ++i)
        words.push_back(i % 5 == 4 ? "##ly" : "word");
    auto trace = std::make_shared<Trace>();
    for (int layer = 0; layer < 2; ++layer) {
        m_layers.push_back(test::plausibleWeights({ 2, heads, tokens, 0 }, layer));
        LayerAttention recorded = test::givenLayer(layer, m_layers.back());
        recorded.source = std::make_shared<Watched>(recorded.source, m_read);
        trace->addLayer(std::move(recorded));
    }
    m_result = test::resultOf(test::textTokens(words), {});
    m_result->trace = trace;
}

void TestGuiThread::settle()
{
    for (int i = 0; i < 4; ++i) {
        AsyncJob::waitForAll();
        QCoreApplication::processEvents();
    }
}

std::vector<double> TestGuiThread::summed(std::span<const int> queries) const
{
    std::vector<double> sum(tokens, 0.0);
    for (const int query : queries) {
        const auto row = m_layers[0].row(query); // of head 0
        for (std::size_t key = 0; key < sum.size(); ++key)
            sum[key] += double(row[key]);
    }
    return sum;
}

void TestGuiThread::readsAPartOfAMap_data()
{
    QTest::addColumn<QString>("view");
    for (const ViewDescriptor& view : views())
        if (view.available(*m_result))
            QTest::addRow("%s", qPrintable(view.id)) << view.id;
}

void TestGuiThread::readsAPartOfAMap()
{
    QFETCH(QString, view);
    test::ViewFixture shown(view, m_result);
    Inspector inspector(shown.session);
    inspector.show();
    settle();
    const auto check = [&](const char* what, const auto& act) {
        m_read = 0;
        act();
        settle();
        QVERIFY2(m_read < std::int64_t(tokens) * tokens / 2,
            qPrintable(QStringLiteral("%1: %2 weights").arg(what).arg(m_read.load())));
    };
    const auto chooseHalf = [](Selection& selection) {
        selection.queries.clear();
        for (int token = 1; token < tokens; token += 2)
            selection.queries.push_back(token);
    };
    check("half of the tokens", [&] { shown.select(chooseHalf); });
    check("another layer", [&] { shown.select([](Selection& s) { s.layer = 1; }); });
    check("heads joined", [&] {
        shown.select([](Selection& s) {
            s.heads = { 0, 1, 2 };
            s.join = HeadJoin::Max;
        });
    });
    check("renormalised",
        [&] { shown.display([](DisplaySettings& d) { d.hideSpecialTokens = d.renormaliseHidden = true; }); });
    check("from the keys",
        [&] { shown.display([](DisplaySettings& d) { d.direction = TokenDirection::LookedAtBy; }); });
    check("one token", [&] { shown.select([](Selection& s) { s.queries = { 40 }; }); });
    check("words", [&] { shown.display([](DisplaySettings& d) { d.joinWords = true; }); });
    check("another size", [&] {
        shown.view->resize(700, 500);
        QCoreApplication::processEvents();
    });
}

void TestGuiThread::textIsTintedByTheSum()
{
    test::ViewFixture shown(QStringLiteral("text"), m_result);
    std::vector<int> chosen;
    for (int token = 0; token < 600; ++token)
        chosen.push_back(token);
    QWidget* sheet = nullptr;
    for (QWidget* widget : shown.view->findChildren<QWidget*>())
        if (widget->accessibleName().startsWith(QLatin1String("The text")))
            sheet = widget;
    QVERIFY(sheet);
    shown.select([&](Selection& s) {
        s.layer = 0;
        s.queries = chosen;
    });
    settle();
    const std::vector<double> sum = summed(chosen);
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(sheet);
    QVERIFY(table && table->tableInterface());
    for (const int token : { 0, 7, 600, 799 }) {
        const QString said = table->tableInterface()->cellAt(0, token)->text(QAccessible::Value);
        QVERIFY2(std::abs(said.toDouble() - sum[std::size_t(token)]) < 0.01 * sum[std::size_t(token)] + 0.001,
            qPrintable(said));
    }
}

/// The same lines as from sorting all of them.
void TestGuiThread::strongestLinksOfManyTokens()
{
    Scene scene;
    scene.result = m_result;
    scene.options.insert(QStringLiteral("threshold"), 0.0);
    scene.selection.layer = 0;
    scene.selection.heads = { 0 };
    scene.selection.queries = { 3, 500, 501, 700 };
    constexpr std::size_t most = 25;
    std::vector<float> all;
    for (const int query : scene.selection.queries) {
        const auto row = m_layers[0].row(query);
        all.insert(all.end(), row.begin(), row.end());
    }
    std::ranges::sort(all);
    const std::vector<Link> links = chosenLinks(scene, most);
    QCOMPARE(links.size(), most);
    for (std::size_t i = 0; i < most; ++i)
        QCOMPARE(links[i].weight, all[all.size() - most + i]);
    QCOMPARE(strongest(links, 4).front(), links[most - 4]);
}

void TestGuiThread::inspectorSumsManyRows()
{
    test::ViewFixture shown(QStringLiteral("text"), m_result);
    Inspector inspector(shown.session);
    std::vector<int> chosen;
    for (int token = 100; token < 700; ++token)
        chosen.push_back(token);
    shown.select([&](Selection& s) {
        s.layer = 0;
        s.queries = chosen;
        s.key = 9;
    });
    settle();
    const QString told = inspector.asText().section(QStringLiteral("weight\t"), 1).section('\n', 0, 0);
    QVERIFY2(std::abs(told.toDouble() - summed(chosen)[9]) < 1e-4, qPrintable(told));
}

HEADLIGHT_TEST_MAIN(TestGuiThread)
#include "tst_gui_thread.moc"
