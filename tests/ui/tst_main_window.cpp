// The window, driven by the events of a person at the keyboard and mouse, on the tiny models of
// SampleResources.

#include "core/engine/engine.h"
#include "tests/support/sample_resources.h"
#include "tests/support/test_main.h"
#include "ui/main_window.h"
#include "ui/session/inspection.h"
#include "ui/session/library.h"
#include "ui/style/theme.h"
#include "ui/view_stack.h"
#include "ui/views/view.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/inspector.h"
#include "ui/widgets/prompt_edit.h"
#include "ui/widgets/segmented_bar.h"
#include "ui/widgets/status_line.h"
#include "ui/widgets/token_strip.h"

using namespace headlight;
using namespace headlight::ui;

class TestMainWindow : public test::TestCase {
    Q_OBJECT
private slots:
    void init();
    void cleanup();
    void isThereBeforeTheModel();
    void showsTheFirstExample();
    void typingChangesThePicture();
    void secondTextMakesAPair();
    void badFolderShowsABarThatGoesAway();
    void tooLongOffersToCut();
    void clickedTokenIsSharedByAll();
    void inspectorReadsTheExactWeight();
    void keysMoveTheSelection();
    void tabsFollowTheKeyboard();
    void compareHasAButtonOfItsOwn();
    void tabGoesThroughThePanelsInOrder();
    void headerChangesTheDisplay();
    void headerStepsThroughHeads();
    void exportIsAskedForByKey();
    void themeSwitches();
    void dropsAreOpened_data();
    void dropsAreOpened();
    void pastesPictures_data();
    void pastesPictures();
    void pastesNothing();
    void whatIsTooLargeIsRefused();
    void imageModelTakesThePanels();
    void longWorkCanBeCancelled();
    void cardIsShownInTheWindow();
    void everyControlHasANameAndAToolTip_data();
    void everyControlHasANameAndAToolTip();
    void nothingIsClipped_data();
    void nothingIsClipped();
    void panelsAreRememberedAndRestored();

private:
    QString clipped() const;
    void openAndWait(const QString& reference);
    template <typename Widget> Widget* find(const QString& accessibleName) const;
    void drop(const QMimeData& data);

    test::SampleResources m_sample;
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<MainWindow> m_window;
};

void TestMainWindow::init()
{
    TestCase::init();
    QSettings().clear();
    applyTheme(*qApp, ThemeKind::Light, 1.0);
    m_engine = std::make_unique<Engine>(m_sample.resources());
    m_session = std::make_unique<Session>(*m_engine);
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->resize(1280, 720);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void TestMainWindow::cleanup()
{
    m_window.reset();
    m_session.reset();
    m_engine.reset();
}

void TestMainWindow::openAndWait(const QString& reference)
{
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    m_session->openModel(reference);
    QVERIFY(results.wait(20'000));
    QTRY_VERIFY(!m_session->activity().running);
}

template <typename Widget> Widget* TestMainWindow::find(const QString& accessibleName) const
{
    for (Widget* widget : m_window->findChildren<Widget*>()) {
        if (widget->accessibleName() == accessibleName)
            return widget;
    }
    return nullptr;
}

void TestMainWindow::drop(const QMimeData& data)
{
    const QPoint place(640, 400);
    QDragEnterEvent enter(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent event(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(m_window.get(), &event);
}

void TestMainWindow::isThereBeforeTheModel()
{
    QVERIFY(m_window->isVisible());
    QVERIFY(!m_session->model());
    QVERIFY(!find<QPushButton>("Export")->isEnabled());
    const QImage empty = m_window->grab().toImage();
    QCOMPARE(empty.size(), QSize(1280, 720));
    QVERIFY(m_window->stack().currentView());
}

void TestMainWindow::showsTheFirstExample()
{
    openAndWait("sentiment");
    QCOMPARE(find<PromptEdit>("Text")->toPlainText(), QStringLiteral("a great film and a very funny story."));
    QVERIFY(find<QPushButton>("Export")->isEnabled());
    QVERIFY(find<QPushButton>("Model")->text().contains("sentiment"));
    QVERIFY(find<QPushButton>("Model")->text().contains("3 layers × 4 heads"));
    QCOMPARE(m_window->windowTitle(), QStringLiteral("sentiment – Headlight"));
    QCOMPARE(m_window->findChild<TokenStrip*>()->count(), 11);
}

void TestMainWindow::typingChangesThePicture()
{
    openAndWait("sentiment");
    m_window->stack().showView("heatmap");
    QTest::qWait(50);
    const QImage before = m_window->stack().grab().toImage();
    auto* prompt = find<PromptEdit>("Text");
    prompt->setFocus();
    prompt->moveCursor(QTextCursor::End);
    QSignalSpy results(m_session.get(), &Session::resultChanged);
    QTest::keyClicks(prompt, " i like it");
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(14));
    QCOMPARE(m_window->findChild<TokenStrip*>()->count(), 14);
    QTest::qWait(50);
    const QImage after = m_window->stack().grab().toImage();
    QCOMPARE(after.size(), before.size());
    QVERIFY2(after != before, "the heat map did not follow the text");
    QTest::keySequence(prompt, QKeySequence::SelectAll);
    QTest::keyClicks(prompt, "sad");
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(3));
}

void TestMainWindow::secondTextMakesAPair()
{
    openAndWait("sentiment");
    auto* pair = find<PromptEdit>("Second text");
    QVERIFY(!pair->isVisible());
    QTest::mouseClick(find<QPushButton>("Add a second text"), Qt::LeftButton);
    QVERIFY(pair->isVisible());
    QTest::keyClicks(pair, "good");
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(13)); // + good [SEP]
    QCOMPARE(m_session->result()->tokens[11].sequence, 1);
    QTest::mouseClick(find<QToolButton>("Remove the second text"), Qt::LeftButton);
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(11));
    QVERIFY(!pair->isVisible());
    m_session->openExample(2); // a pair again
    QTRY_VERIFY(pair->isVisible());
    QCOMPARE(pair->toPlainText(), QStringLiteral("the ending was not."));
}

void TestMainWindow::badFolderShowsABarThatGoesAway()
{
    openAndWait("sentiment");
    auto* bar = m_window->findChild<ErrorBar*>();
    QVERIFY(bar->isHidden());
    m_session->openModel("/no/such/folder");
    QTRY_VERIFY(bar->isVisible());
    QVERIFY(bar->message().contains("/no/such/folder"));
    QVERIFY(!find<QPushButton>("Cut the text to fit")->isVisible());
    QVERIFY(m_session->result()); // nothing is lost
    QTest::keyClicks(find<PromptEdit>("Text"), "x");
    QTRY_VERIFY(bar->isHidden());
    m_session->openModel("/no/such/folder");
    QTRY_VERIFY(bar->isVisible());
    QTest::mouseClick(find<QToolButton>("Close this message"), Qt::LeftButton);
    QVERIFY(bar->isHidden());
}

void TestMainWindow::tooLongOffersToCut()
{
    openAndWait("sentiment");
    m_session->setInput(TextInput{ QString("good ").repeated(120).toStdString(), std::nullopt });
    auto* cut = find<QPushButton>("Cut the text to fit");
    QTRY_VERIFY(cut->isVisible());
    QTest::mouseClick(cut, Qt::LeftButton);
    QTRY_COMPARE(m_session->result()->tokens.size(), std::size_t(80));
    QTRY_VERIFY(m_window->findChild<ErrorBar*>()->isHidden());
}

void TestMainWindow::clickedTokenIsSharedByAll()
{
    openAndWait("sentiment");
    auto* strip = m_window->findChild<TokenStrip*>();
    QTest::mouseClick(strip, Qt::LeftButton, Qt::NoModifier, strip->tokenRect(3).center());
    QCOMPARE(m_session->selection().queries, std::vector<int>{ 3 });
    QTest::mouseClick(strip, Qt::LeftButton, Qt::ControlModifier, strip->tokenRect(7).center());
    QCOMPARE(m_session->selection().queries, (std::vector<int>{ 3, 7 }));
    QTest::mouseMove(strip, strip->rect().bottomRight());
    m_session->setHover({});
    QTRY_VERIFY(m_window->findChild<Inspector*>()->asText().startsWith("film, funny"));
    QTest::mouseMove(strip, strip->tokenRect(2).center());
    QTRY_COMPARE(m_session->hover().query, std::optional(2));
    QTRY_VERIFY(m_window->findChild<Inspector*>()->asText().startsWith("great"));
}

void TestMainWindow::inspectorReadsTheExactWeight()
{
    openAndWait("sentiment");
    Selection selection = m_session->selection();
    selection.queries = { 2 };
    selection.key = 5;
    m_session->setSelection(selection);
    const float weight = m_session->selectedMap().at(2, 5);
    const auto* inspector = m_window->findChild<Inspector*>();
    QTRY_VERIFY(inspector->asText().startsWith("great → a"));
    const QStringList lines = inspector->asText().split('\n');
    QVERIFY(lines[1].startsWith("weight\t"));
    QCOMPARE(lines[1].section('\t', 1).toFloat(), weight); // to the last bit
    m_session->setHover({ {}, {}, 4, 1 });
    QTRY_VERIFY(inspector->asText().startsWith("and → a"));
    QCOMPARE(
        inspector->asText().split('\n')[1].section('\t', 1).toFloat(), m_session->selectedMap().at(4, 1));
}

void TestMainWindow::keysMoveTheSelection()
{
    openAndWait("sentiment");
    m_window->setFocus();
    Selection selection;
    selection.layer = 1;
    selection.heads = { 1 };
    selection.queries = { 2 };
    selection.key = 5;
    m_session->setSelection(selection);
    const auto press = [this](Qt::Key key) { QTest::keyClick(m_window.get(), key); };
    press(Qt::Key_Down);
    QCOMPARE(m_session->selection().query(), std::optional(3));
    press(Qt::Key_Right);
    QCOMPARE(m_session->selection().key, std::optional(6));
    press(Qt::Key_BracketRight);
    QCOMPARE(m_session->selection().head(), 2);
    press(Qt::Key_BracketLeft);
    QCOMPARE(m_session->selection().head(), 1);
    press(Qt::Key_BraceRight);
    QCOMPARE(m_session->selection().layer, 2);
    press(Qt::Key_BraceLeft);
    QCOMPARE(m_session->selection().layer, 1);
    press(Qt::Key_Escape);
    QVERIFY(m_session->selection().queries.empty());
}

void TestMainWindow::tabsFollowTheKeyboard()
{
    openAndWait("sentiment");
    auto* tabs = m_window->findChild<SegmentedBar*>();
    for (std::size_t i = 0; i < std::min<std::size_t>(views().size(), 9); ++i) {
        const ViewDescriptor& view = views()[i];
        if (!view.available(*m_session->result()))
            continue;
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_1 + int(i)), Qt::ControlModifier);
        QCOMPARE(m_window->stack().currentId(), view.id);
        if (view.entry == ViewDescriptor::Entry::Tab)
            QCOMPARE(tabs->current(), view.id);
        else
            QVERIFY(tabs->current().isEmpty() && find<QPushButton>(view.title)->isChecked());
        QVERIFY(m_window->stack().currentView()->isVisible());
    }
}

void TestMainWindow::compareHasAButtonOfItsOwn()
{
    openAndWait("sentiment");
    auto* compare = find<QPushButton>("Compare");
    auto* tabs = m_window->findChild<SegmentedBar*>();
    QVERIFY(compare->isVisible() && !compare->isChecked());
    for (int click = 0; click < 2; ++click) { // a second click changes nothing
        QTest::mouseClick(compare, Qt::LeftButton);
        QCOMPARE(m_window->stack().currentId(), QStringLiteral("compare"));
        QVERIFY(compare->isChecked() && tabs->current().isEmpty());
    }
    m_window->stack().showView("heatmap");
    QVERIFY(!compare->isChecked());
    QCOMPARE(tabs->current(), QStringLiteral("heatmap"));
}

void TestMainWindow::tabGoesThroughThePanelsInOrder()
{
    openAndWait("sentiment");
    QWidgetList visited;
    auto* model = find<QPushButton>("Model");
    model->setFocus();
    do {
        visited << QApplication::focusWidget();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    } while (QApplication::focusWidget() != model && visited.size() < 100);
    QVERIFY2(visited.size() < 100, "Tab is caught somewhere");
    const auto place = [&](const QWidget* widget) { return visited.indexOf(const_cast<QWidget*>(widget)); };
    const QWidget *prompt = find<PromptEdit>("Text"), *examples = find<QWidget>("Examples");
    const QWidget *layer = find<QWidget>("Layer"), *view = m_window->stack().currentView();
    for (const QWidget* widget : { prompt, examples, layer, view })
        QVERIFY2(place(widget) >= 0, qPrintable(widget->accessibleName()));
    QVERIFY(place(prompt) < place(examples));
    QVERIFY(place(examples) < place(layer));
    QVERIFY(place(layer) < place(view));
}

void TestMainWindow::headerChangesTheDisplay()
{
    openAndWait("sentiment");
    const auto choose = [this](const QString& button, const QString& choice) {
        for (QAction* action : find<QPushButton>(button)->menu()->actions()) {
            if (action->text() == choice)
                return action->trigger();
        }
        QFAIL(qPrintable("no choice " + choice));
    };
    choose("Scale", "logarithmic");
    QCOMPARE(m_session->display().scale, Scale::Logarithmic);
    choose("Normalise", "per layer");
    QCOMPARE(m_session->display().normalise, Normalise::Layer);
    choose("Colours", "magma");
    QCOMPARE(m_session->display().colourMap, QStringLiteral("magma"));
    choose("Tokens", "no special, sum 1");
    QVERIFY(m_session->display().hideSpecialTokens && m_session->display().renormaliseHidden);
    choose("Tokens", "no special");
    QVERIFY(m_session->display().hideSpecialTokens && !m_session->display().renormaliseHidden);
    choose("Tokens", "all tokens");
    QVERIFY(!m_session->display().hideSpecialTokens);
    choose("Tokens", "Join pieces into words");
    QVERIFY(m_session->display().joinWords);
    QCOMPARE(find<QPushButton>("Tokens")->text(), QString("all words"));
    choose("Tokens", "Join pieces into words");
    QVERIFY(!m_session->display().joinWords);
}

void TestMainWindow::headerStepsThroughHeads()
{
    openAndWait("sentiment");
    QTest::mouseClick(find<QToolButton>("Next head ( ] )"), Qt::LeftButton);
    QCOMPARE(m_session->selection().heads, std::vector<int>{ 1 });
    QTest::mouseClick(find<QToolButton>("Previous layer ( { )"), Qt::LeftButton);
    QCOMPARE(m_session->selection().layer, 1);
    auto* heads = find<QPushButton>("Head");
    heads->menu()->actions().last()->trigger();
    QCOMPARE(m_session->selection().heads, (std::vector<int>{ 0, 1, 2, 3 }));
    QCOMPARE(m_session->selection().join, HeadJoin::Max);
    QCOMPARE(heads->text(), QStringLiteral("Largest"));
}

void TestMainWindow::exportIsAskedForByKey()
{
    QSignalSpy asked(m_window.get(), &MainWindow::exportRequested);
    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    QVERIFY(asked.isEmpty()); // there is nothing to export
    openAndWait("sentiment");
    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    QTest::mouseClick(find<QPushButton>("Export"), Qt::LeftButton);
    QCOMPARE(asked.size(), 2);
}

void TestMainWindow::themeSwitches()
{
    openAndWait("sentiment");
    const auto corner = [this] { return QColor(m_window->grab().toImage().pixel(600, 4)); };
    QCOMPARE(corner().name(), Theme::of(ThemeKind::Light).panel.name());
    QTest::mouseClick(find<QToolButton>("Dark theme"), Qt::LeftButton);
    QCOMPARE(currentTheme().kind, ThemeKind::Dark);
    QCOMPARE(corner().name(), Theme::of(ThemeKind::Dark).panel.name());
    QTest::mouseClick(find<QToolButton>("Light theme"), Qt::LeftButton);
    QCOMPARE(corner().name(), Theme::of(ThemeKind::Light).panel.name());
}

void TestMainWindow::dropsAreOpened_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("model");
    QTest::newRow("folder") << m_sample.path("models/shapes") << "shapes";
    QTest::newRow("checkpoint") << m_sample.path("models/shapes/model.safetensors") << "shapes";
    QTest::newRow("picture") << m_sample.path("examples/rgb_300x200.png") << "shapes";
    QTest::newRow("text") << QString() << "sentiment";
}

void TestMainWindow::dropsAreOpened()
{
    QFETCH(QString, path);
    QFETCH(QString, model);
    QMimeData data;
    if (path.isEmpty())
        data.setText("one sad story");
    else
        data.setUrls({ QUrl::fromLocalFile(path) });
    drop(data);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->result(), 20'000);
    QCOMPARE(QString::fromStdString(m_session->model()->name), model);
}

void TestMainWindow::pastesPictures_data()
{
    QTest::addColumn<bool>("intoText");
    QTest::newRow("with the cursor in the text") << true;
    QTest::newRow("anywhere else") << false;
}

void TestMainWindow::pastesPictures()
{
    QFETCH(bool, intoText);
    openAndWait("sentiment");
    QImage picture(60, 40, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QApplication::clipboard()->setImage(picture);
    QWidget* target =
        intoText ? static_cast<QWidget*>(find<PromptEdit>("Text")) : m_window->stack().currentView();
    target->setFocus();
    QTest::keySequence(target, QKeySequence::Paste);
    QTRY_VERIFY(m_session->result()->patches.has_value());
    const Image& image = std::get<ImageInput>(m_session->input()).image;
    QCOMPARE(image.width(), 60);
    QCOMPARE(int(image.at(10, 10)[0]), 255);
    QCOMPARE(int(image.at(10, 10)[1]), 0);
}

/// Before anything was copied a clipboard may hold data of no format at all.
void TestMainWindow::pastesNothing()
{
    openAndWait("sentiment");
    auto* text = find<PromptEdit>("Text");
    const QString before = text->toPlainText();
    QApplication::clipboard()->setMimeData(new QMimeData);
    text->setFocus();
    QTest::keySequence(text, QKeySequence::Paste);
    QCOMPARE(text->toPlainText(), before);
}

void TestMainWindow::whatIsTooLargeIsRefused()
{
    openAndWait("sentiment");
    auto* text = find<PromptEdit>("Text");
    const QString before = text->toPlainText();
    const QSignalSpy failed(m_session.get(), &Session::failed);
    QApplication::clipboard()->setText(QString(1'000'001, u'a'));
    text->setFocus();
    QTest::keySequence(text, QKeySequence::Paste);
    QCOMPARE(failed.count(), 1);
    QVERIFY2(failed.at(0).at(0).toString().contains("1,000,001 characters"),
        qPrintable(failed.at(0).at(0).toString()));
    QCOMPARE(text->toPlainText(), before);
    QImage strip(50'000, 2'001, QImage::Format_Mono); // 100,050,000 pixels in 12 MB
    strip.fill(0);
    QMimeData picture;
    picture.setImageData(strip);
    drop(picture);
    QCOMPARE(failed.count(), 2);
    QVERIFY(failed.at(1).at(0).toString().contains("50000 × 2001 pixels"));
    QVERIFY(std::holds_alternative<TextInput>(m_session->input()));
}

void TestMainWindow::imageModelTakesThePanels()
{
    openAndWait("sentiment");
    QVERIFY(find<PromptEdit>("Text")->isVisible());
    openAndWait("shapes");
    QVERIFY(!find<PromptEdit>("Text")->isVisible());
    QVERIFY(find<QPushButton>("Open image…")->isVisible());
    QVERIFY(find<QWidget>("Picture")->height() > 60);
    for (const ViewDescriptor& view : views()) {
        if (view.available(*m_session->result()))
            m_window->stack().showView(view.id);
    }
    openAndWait("sentiment");
    QVERIFY(find<PromptEdit>("Text")->isVisible());
    QVERIFY(m_window->stack().currentDescriptor()->available(*m_session->result()));
}

void TestMainWindow::longWorkCanBeCancelled()
{
    openAndWait("sentiment");
    const auto before = m_session->result();
    QFile file(m_sample.path("small.txt"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("good");
    file.close();
    auto* cancel = find<QPushButton>("Cancel");
    QVERIFY(!cancel->isVisible());
    m_session->openPaths(QStringList(3'000'000, file.fileName())); // reads for a long time
    QVERIFY(!cancel->isVisible()); // not for what may be short
    QTRY_VERIFY_WITH_TIMEOUT(cancel->isVisible(), 5'000);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY(!cancel->isVisible());
    QVERIFY(m_window->findChild<ErrorBar*>()->isHidden());
    QCOMPARE(m_session->result(), before);
}

void TestMainWindow::cardIsShownInTheWindow()
{
    openAndWait("sentiment");
    QTest::mouseClick(find<QPushButton>("Read the model card"), Qt::LeftButton);
    auto* card = find<QTextBrowser>("Model card");
    QVERIFY(card->isVisible());
    QVERIFY(card->toPlainText().contains("Tells whether a sentence praises or blames."));
    QVERIFY(!card->toPlainText().contains("gpl-3.0")); // the block of settings is no text
    QTest::keyClick(card, Qt::Key_Escape);
    QVERIFY(!card->isVisible());
    QVERIFY(m_window->stack().currentView()->isVisible());
}

void TestMainWindow::everyControlHasANameAndAToolTip_data()
{
    QTest::addColumn<QString>("model");
    QTest::newRow("text") << "sentiment";
    QTest::newRow("picture") << "shapes";
}

void TestMainWindow::everyControlHasANameAndAToolTip()
{
    QFETCH(QString, model);
    openAndWait(model);
    for (const ViewDescriptor& view : views())
        m_window->stack().showView(view.id);
    int controls = 0;
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        const bool control = qobject_cast<const QAbstractButton*>(widget)
            || qobject_cast<const QComboBox*>(widget) || qobject_cast<const QLineEdit*>(widget)
            || qobject_cast<const QTextEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget)
            || qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const QAbstractSlider*>(widget)
            || qobject_cast<const QAbstractItemView*>(widget);
        const QString name = widget->objectName();
        if (!control || name.startsWith("qt_") || qobject_cast<const QScrollBar*>(widget))
            continue;
        ++controls;
        const QString who =
            QStringLiteral("%1 in %2, text \"%3\"")
                .arg(widget->metaObject()->className(), widget->parentWidget()->metaObject()->className(),
                    widget->property("text").toString());
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(who));
        QVERIFY2(!widget->toolTip().isEmpty(), qPrintable(who));
    }
    QVERIFY(controls > 15);
}

void TestMainWindow::nothingIsClipped_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("type");
    QTest::newRow("text, small") << "sentiment" << QSize(1280, 720) << 1.0;
    QTest::newRow("text, large") << "sentiment" << QSize(1920, 1080) << 1.0;
    QTest::newRow("picture, small") << "shapes" << QSize(1280, 720) << 1.0;
    QTest::newRow("large type") << "sentiment" << QSize(1280, 720) << 1.25;
    QTest::newRow("very large type") << "sentiment" << QSize(1280, 720) << 1.5;
}

/// The first visible text of the window that has less room than it needs; empty when all have.
QString TestMainWindow::clipped() const
{
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (!widget->isVisible() || (!label && !button))
            continue;
        const QString text = label ? label->text() : button->text();
        if (text.isEmpty())
            continue;
        const bool wraps = label && label->wordWrap();
        const bool fits = wraps ? label->height() >= label->heightForWidth(label->width())
                                : widget->width() >= widget->fontMetrics().horizontalAdvance(text);
        const QPoint right = widget->mapTo(m_window.get(), QPoint(widget->width(), 0));
        if (!fits || widget->height() < widget->fontMetrics().height() - 2 || right.x() > m_window->width())
            return text;
    }
    return {};
}

void TestMainWindow::nothingIsClipped()
{
    QFETCH(QString, model);
    QFETCH(QSize, size);
    QFETCH(double, type);
    applyTheme(*qApp, ThemeKind::Light, type);
    m_window->resize(size);
    openAndWait(model);
    for (const ViewDescriptor& view : views()) {
        m_window->stack().showView(view.id);
        QTest::qWait(30);
        QCOMPARE(m_window->size(), size); // no part forces the window to grow
        QTRY_VERIFY2(
            clipped().isEmpty(), qPrintable(view.id + ": " + clipped())); // layouts settle in their own time
    }
}

void TestMainWindow::panelsAreRememberedAndRestored()
{
    openAndWait("sentiment");
    auto* inspector = m_window->findChild<QDockWidget*>("inspector");
    QVERIFY(inspector->isVisible());
    QTest::mouseClick(inspector->titleBarWidget()->findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(!inspector->isVisible());
    m_window->close();
    m_window = std::make_unique<MainWindow>(*m_session);
    m_window->show();
    inspector = m_window->findChild<QDockWidget*>("inspector");
    QVERIFY(!inspector->isVisible());
    const auto actions = m_window->actions();
    const auto restore = std::ranges::find_if(
        actions, [](const QAction* action) { return action->text() == "Restore panels"; });
    QVERIFY(restore != actions.end());
    (*restore)->trigger();
    QVERIFY(inspector->isVisible());
    // The view one left is shown again.
    m_window->stack().showView("heatmap");
    m_window->close();
    m_window = std::make_unique<MainWindow>(*m_session);
    QCOMPARE(m_window->stack().currentId(), QStringLiteral("heatmap"));
}

HEADLIGHT_TEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
