from chainer import optimizers

from chainer import serializers

class NeuralNetwork(Chain): #Chainクラスを継承
    def __init__(self, input_size):
        super(NeuralNetwork, self).__init__(
            link1 = links.Linear(input_size, 2), #入力層→中間層
            link2 = links.Linear(2, 1), #中間層→出力層
        )
    def __call__(self, x, y):
        y_predict = self.forward(x) #順伝搬でyを予測
        return functions.mean_squared_error(y_predict, y) / 2 #損失関数
    def forward(self, x):
        hidden = functions.tanh(self.link1(x)) #中間層を計算
        y_predict = functions.tanh(self.link2(hidden)) #出力層を計算
        return y_predict

model = NeuralNetwork(input_size) #モデルの生成
opt = optimizers.SGD(lr= λ) #最適化アルゴリズムの定義
opt.setup(model) #アルゴリズムにモデルをセット
