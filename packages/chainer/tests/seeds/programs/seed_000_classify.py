model = NeuralNetwork(input_size)
serializers.load_npz(model_path, model)  #モデルをロード
with open(fin_path, "r") as fin:
    for x in fin:
        phi_0 = create_features(x)
        score = model.forward(Variable(phi_0))  #順伝搬でscoreを計算
        y = 1 if score.data >= 0 else -1  #scoreからラベルを予測
